package io.github.vdm4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The description of the machine of the benchmarks. */
final class Machine {
    private Machine() {}

    static String describe(String library) {
        return "%s, %d processors, AVX-512: %s; Linux %s; %s %s; %s".formatted(
                line("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                line("/proc/cpuinfo", "flags").filter(flags -> flags.contains(" avx512f "))
                        .isPresent() ? "yes" : "no",
                System.getProperty("os.version"),
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.version"),
                // The page does not show the path of the library.
                library.replaceAll(" \\(/.*\\)", ""));
    }

    private static Optional<String> line(String file, String key) {
        try {
            return Files.readAllLines(Path.of(file))
                    .stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
