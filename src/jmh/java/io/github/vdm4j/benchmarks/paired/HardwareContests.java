package io.github.vdm4j.benchmarks.paired;

import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmFlags;
import io.github.vdm4j.dml.DmlDataMover;
import io.github.vdm4j.dml.DmlHardwareException;
import io.github.vdm4j.dml.DmlPath;
import io.github.vdm4j.dsa.DsaDataMover;
import java.util.List;
import java.util.stream.IntStream;

/** The contests on the devices of this machine, or of the emulator. */
public final class HardwareContests {
    /** The sizes, all powers of two from 64 bytes to 4 MiB. */
    public static final List<Long> SIZES =
            IntStream.rangeClosed(6, 22).mapToObj(bits -> 1L << bits).toList();

    private HardwareContests() {}

    private static Vdm dsa() {
        return DsaDataMover.builder().fallback(false).open();
    }

    private static Vdm dml(Groups groups) {
        try {
            return DmlDataMover.open(DmlPath.HARDWARE);
        } catch (DmlHardwareException e) {
            groups.missing.add("DmlDataMover on HARDWARE: vdm info --why has the reasons");
            return null;
        }
    }

    static List<Contest> copies(Groups groups) {
        Vdm dsa = dsa();
        Vdm dml = dml(groups);
        return SIZES.stream().map(bytes -> {
            Buffers buffers = Buffers.of(bytes);
            Contest contest = new Contest(bytes)
                    .add(Names.JDK, new Contestants.JdkCopy(buffers))
                    .add(Names.DSA_AWAITED,
                            new Contestants.ReusableCopy(dsa, buffers, VdmFlags.NONE))
                    .add(Names.DSA_IN_FLIGHT,
                            new DsaContests.Window(dsa, bytes, Thread::onSpinWait));
            return dml == null ? contest
                    : contest.add(Names.DML_AWAITED,
                            new Contestants.ReusableCopy(dml, buffers, VdmFlags.NONE))
                            .add(Names.DML_IN_FLIGHT,
                                    new DsaContests.Window(dml, bytes, Thread::onSpinWait));
        }).toList();
    }

    static List<Contest> checksums(Groups groups) {
        Vdm dsa = dsa();
        return SIZES.stream().map(bytes -> {
            Buffers buffers = Buffers.of(bytes);
            return new Contest(bytes)
                    .add(Names.JDK, new Checksums.Jdk(buffers))
                    .add(Names.DSA_AWAITED, new Checksums.Reusable(dsa, buffers));
        }).toList();
    }
}
