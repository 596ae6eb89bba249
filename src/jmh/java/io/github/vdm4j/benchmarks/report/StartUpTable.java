package io.github.vdm4j.benchmarks.report;

import com.google.gson.Gson;
import io.github.vdm4j.benchmarks.paired.StartUp;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The table of start-up times. */
final class StartUpTable {
    private static final double MILLI = 1e6;

    private final List<StartUp.Times> auto;
    private final List<StartUp.Times> software;

    // The times with an AOT cache. They are empty if the JDK has no AOT cache.
    private final List<StartUp.Times> cachedAuto;
    private final List<StartUp.Times> cachedSoftware;

    private final List<Double> commands = new ArrayList<>();

    StartUpTable(Path folder) throws IOException {
        auto = read(folder, "AUTO");
        software = read(folder, "SOFTWARE");
        cachedAuto = read(folder, "cached-AUTO");
        cachedSoftware = read(folder, "cached-SOFTWARE");
        for (String line : Files.readAllLines(folder.resolve("vdm-info"))) {
            commands.add(Double.parseDouble(line));
        }
    }

    private static List<StartUp.Times> read(Path folder, String path) throws IOException {
        var forks = new ArrayList<StartUp.Times>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, path + "-*.json")) {
            for (Path file : files) {
                forks.add(new Gson().fromJson(Files.readString(file), StartUp.Times.class));
            }
        }
        return forks;
    }

    @Override
    public String toString() {
        var table = new Table(List.of("", "AUTO, the default", "SOFTWARE", "asked"))
                .row("`scripts/vdm info`, the whole command", millis(commands), "", "500")
                .row("the JDK's linker making a native call, the first in a JVM",
                        nanos(auto, StartUp.Times::linker), nanos(software, StartUp.Times::linker),
                        "")
                .row("opening a mover after that, the first in a JVM",
                        nanos(auto, StartUp.Times::first), nanos(software, StartUp.Times::first),
                        "60");
        if (!cachedAuto.isEmpty() && !cachedSoftware.isEmpty()) {
            table.row("the same, [with an AOT cache](start-up.md)",
                    nanos(cachedAuto, StartUp.Times::first),
                    nanos(cachedSoftware, StartUp.Times::first), "60");
        }
        return "## Start-up\n\nMilliseconds, medians of " + auto.size() + " JVMs each.\n\n"
                + table.row("its first copy, without",
                        nanos(auto, StartUp.Times::firstCopy),
                        nanos(software, StartUp.Times::firstCopy), "")
                        .row("opening another",
                                nanos(auto, StartUp.Times::other),
                                nanos(software, StartUp.Times::other), "60")
                + """

                The classes come from the jar. Most of the first opening is the JDK's work, which links the first
                native call of each shape and loads classes.
                [An AOT cache](start-up.md) does most of that beforehand.
                The first copy loads the code that executes operations.

                """;
    }

    private static String nanos(List<StartUp.Times> forks, ToLongFunction<StartUp.Times> time) {
        return millis(forks.stream().map(fork -> (double) time.applyAsLong(fork)).toList());
    }

    private static String millis(List<Double> nanos) {
        return String.format(Locale.ROOT, "%.1f", Forks.Spread.of(nanos).median() / MILLI);
    }
}
