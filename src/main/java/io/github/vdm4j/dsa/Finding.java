package io.github.vdm4j.dsa;

import java.io.Serializable;

/**
 * A fact about this machine that prevents or limits the use of DSA.
 *
 * @param severity its severity
 * @param what the fact. If it is about one device or one queue, it begins with the name
 * @param remedy the remedy, as commands if possible
 */
public record Finding(Severity severity, String what, String remedy) implements Serializable {
    /** The severity of a finding. */
    public enum Severity {
        /** Intel DML would crash the JVM. */
        CRASH,
        /** The mover cannot use the device or the queue. */
        BLOCK,
        /** Some operations or threads cannot use the hardware. */
        LIMIT
    }

    static Finding block(String what, String remedy) {
        return new Finding(Severity.BLOCK, what, remedy);
    }
}
