package io.github.vdm4j.benchmarks.paired;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * A group of contests. Each group runs in a separate JVM, because type profiles of one group would
 * slow down the next. {@link #ALL} is the only list of groups. scripts/bench and the report read
 * it.
 *
 * @param name its name in scripts/bench and in the results
 * @param title its title in docs/benchmarks.md
 * @param jdk the name of the contestant that stands for the JDK, or an empty string
 * @param jvmOptions additional options of its JVM
 * @param contests creates the contests
 */
public record Group(String name, String title, String jdk, List<String> jvmOptions,
        Contests contests) {

    /** Creates the contests of a group. */
    @FunctionalInterface
    interface Contests {
        List<Contest> of(Groups groups) throws Throwable;
    }

    private static final List<String> ROOM_FOR_LONG_RANGES =
            List.of("-XX:MaxDirectMemorySize=3g");

    /** Every group, in the order of the page. */
    public static final List<Group> ALL = List.of(
            new Group("copy", "Copies on the software path", Names.JDK,
                    each(Groups.COPY_SIZES, Groups::copy)),
            new Group("copy-shared-arena",
                    "Copies on the software path, segments of one shared arena", "",
                    each(Groups.SIZES, Groups::copySharedArena)),
            new Group("auto-copy", "Copies on AUTO, no hardware", Names.JDK,
                    each(Groups.SIZES, Groups::autoCopy)),
            new Group("auto-fill", "Fills on AUTO, no hardware", Names.JDK,
                    each(Groups.SIZES, Groups::autoFill)),
            new Group("durable", "Durable copies", "", each(Groups.SIZES, Groups::durable)),
            new Group("durable-without-libpmem", "Durable copies without libpmem", "",
                    List.of("-Dvdm4j.pmem.library="),
                    each(Groups.SIZES, Groups::durableWithoutLibpmem)),
            new Group("crc", "CRC-32C", Names.JDK, each(Groups.SIZES, Groups::crc)),
            new Group("operations", "Data operations on AUTO, no hardware, and on SOFTWARE", "",
                    each(Groups.FEW_SIZES, Groups::operations)),
            new Group("threads", "To another thread and back", Names.SUPPLY_ASYNC,
                    each(Groups.FEW_SIZES, Groups::threads)),
            new Group("scaling", "Two threads", "", groups -> List.of(groups.scaling())),
            new Group("batch", "64 copies of 256 B, all of them", "",
                    groups -> List.of(groups.batch())),
            new Group("in-flight", "100,000 copies in flight", Names.COMPLETION_SERVICE,
                    groups -> List.of(groups.inFlight())),
            new Group("batch-400", "64 copies of 400 B on each mover and path", "",
                    WorkerContests::batches),
            new Group("long-copy", "One long copy", Names.JDK, ROOM_FOR_LONG_RANGES,
                    WorkerContests::longCopies),
            new Group("long-crc", "CRC-32C of a long range", Names.JDK, ROOM_FOR_LONG_RANGES,
                    WorkerContests::longChecksums),
            new Group("evict", "4,096 copies of 4 KiB in flight", Names.RUN_ASYNC,
                    WorkerContests::evictions),
            new Group("dsa-submit", "Submitting a descriptor to /dev/null", "",
                    DsaContests::submissions),
            new Group("dsa-below", "Copies below the threshold of DsaDataMover", "",
                    DsaContests::below),
            new Group("dsa-in-flight", "32 copies in flight on devices without latency", "",
                    DsaContests::inFlight));

    /** The groups that need a device. Only scripts/bench --hardware runs them. */
    public static final List<Group> HARDWARE = List.of(
            new Group("hardware-copy", "Copies on the device", Names.JDK,
                    HardwareContests::copies),
            new Group("hardware-crc", "CRC-32C on the device", Names.JDK,
                    HardwareContests::checksums));

    Group(String name, String title, String jdk, Contests contests) {
        this(name, title, jdk, List.of(), contests);
    }

    /** Creates a contest for each size. */
    private static Contests each(List<Long> sizes, BiFunction<Groups, Long, Contest> contest) {
        return groups -> sizes.stream().map(bytes -> contest.apply(groups, bytes)).toList();
    }

    /**
     * Finds a group.
     *
     * @param name its name
     * @return the group, or an empty result if no group has that name
     */
    public static Optional<Group> find(String name) {
        return Stream.concat(ALL.stream(), HARDWARE.stream())
                .filter(group -> group.name.equals(name))
                .findFirst();
    }
}
