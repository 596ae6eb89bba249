package io.github.vdm4j.benchmarks.report;

import com.google.gson.Gson;
import io.github.vdm4j.benchmarks.paired.StartUp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** How long it takes until something runs. */
final class StartUpTable {
    private static final double MILLI = 1e6;

    private final List<StartUp.Times> forks = new ArrayList<>();
    private final List<Double> commands = new ArrayList<>();

    StartUpTable(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(name -> name.toString().endsWith(".json")).sorted().toList()) {
                forks.add(new Gson().fromJson(Files.readString(file), StartUp.Times.class));
            }
        }
        for (String line : Files.readAllLines(folder.resolve("vdm-info"))) {
            commands.add(Double.parseDouble(line));
        }
    }

    @Override
    public String toString() {
        return "## Start-up\n\nMilliseconds, medians of " + forks.size() + " JVMs.\n\n"
                + new Table(List.of("", "ms", "asked"))
                        .row("`scripts/vdm info`, the whole command", millis(commands), "500")
                        .row("the JDK's linker making a native call, the first in a JVM", nanos(StartUp.Times::linker),
                                "")
                        .row("opening a mover on the software path after that, the first in a JVM",
                                nanos(StartUp.Times::first), "20")
                        .row("its first copy", nanos(StartUp.Times::firstCopy), "")
                        .row("opening another", nanos(StartUp.Times::other), "20")
                + """

                The first opening loads DML and the classes. By the times at which classes are loaded most of it is the linker's again, which makes
                code in interpreted Java for each kind of native call; so is nearly all of the first copy. What a JVM has done once it does not do again.

                """;
    }

    private String nanos(ToLongFunction<StartUp.Times> time) {
        return millis(forks.stream().map(fork -> (double) time.applyAsLong(fork)).toList());
    }

    private static String millis(List<Double> nanos) {
        return String.format(Locale.ROOT, "%.1f", Forks.Spread.of(nanos).median() / MILLI);
    }
}
