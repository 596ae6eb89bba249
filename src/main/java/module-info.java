/**
 * Virtual data movers for the JVM: asynchronous memcpy, memmove, memset, flush and every other DML
 * operation on {@link java.lang.foreign.MemorySegment}s.
 */
module io.github.vdm4j {
    requires java.management;
    requires jdk.management;
    requires jdk.nio.mapmode;
    // The module of the events. The JVM may lack it.
    requires static jdk.jfr;
    // The modules of the command line. The library jar does not contain the command line.
    requires static com.google.gson;
    requires static info.picocli;
    requires static me.tongfei.progressbar;

    exports io.github.vdm4j;
    exports io.github.vdm4j.buffer;
    exports io.github.vdm4j.dml;
    exports io.github.vdm4j.dsa;
    exports io.github.vdm4j.future;
    exports io.github.vdm4j.mover;
    exports io.github.vdm4j.operation;

    uses io.github.vdm4j.mover.MoverProvider;

    provides io.github.vdm4j.mover.MoverProvider
            with io.github.vdm4j.dsa.DsaMoverProvider, io.github.vdm4j.dml.DmlMoverProvider;
}
