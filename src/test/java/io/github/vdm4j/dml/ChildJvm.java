package io.github.vdm4j.dml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A separate JVM for code that may end the JVM or needs other options. It runs a class of the tests
 * with the same vdm4j as the running test.
 *
 * @param exitCode the exit code, or -1 if the test had to stop the JVM
 * @param output standard output and error, and after a crash the head of the crash report
 */
public record ChildJvm(int exitCode, String output) {
    private static final int CRASH_REPORT_LINES = 80;

    /** Runs a class from the class path, where vdm4j is in the unnamed module. */
    public static ChildJvm onClassPath(Duration limit, List<String> options, Class<?> main,
            String... arguments) {
        return onClassPath(limit, Map.of(), options, main, arguments);
    }

    /** Runs a class from the class path with additional environment variables. */
    public static ChildJvm onClassPath(Duration limit, Map<String, String> environment,
            List<String> options, Class<?> main, String... arguments) {
        var command = new ArrayList<>(options);
        command.add("-cp");
        command.add(root(DmlDataMover.class) + ":" + root(main));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return run(limit, environment, command);
    }

    /** Runs a class in the module io.github.vdm4j. */
    public static ChildJvm onModulePath(Duration limit, List<String> options, Class<?> main,
            String... arguments) {
        var command = new ArrayList<>(options);
        command.add("--module-path");
        command.add(root(DmlDataMover.class).toString());
        command.add("--patch-module");
        command.add("io.github.vdm4j=" + root(main));
        command.add("--module");
        command.add("io.github.vdm4j/" + main.getName());
        command.addAll(List.of(arguments));
        return run(limit, Map.of(), command);
    }

    private static ChildJvm run(Duration limit, Map<String, String> environment,
            List<String> arguments) {
        try {
            Path folder = Files.createTempDirectory("vdm4j-child");
            try {
                return run(folder, limit, environment, arguments);
            } finally {
                try (Stream<Path> left = Files.walk(folder)) {
                    left.sorted((a, b) -> b.compareTo(a)).forEach(path -> path.toFile().delete());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ChildJvm run(Path folder, Duration limit, Map<String, String> environment,
            List<String> arguments)
            throws IOException, InterruptedException {
        Path report = folder.resolve("hs_err.log");
        Path output = folder.resolve("output");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:ErrorFile=" + report);
        command.add("-XX:-CreateCoredumpOnCrash");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process child = builder.start();
        boolean ended = child.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        String said = "";
        if (!ended) {
            said = "\nstill running after " + limit + ":\n" + threadDump(child.pid());
            child.destroyForcibly().waitFor();
        }
        said = Files.readString(output, java.nio.charset.StandardCharsets.ISO_8859_1) + said;
        if (Files.exists(report)) {
            try (Stream<String> lines =
                    Files.lines(report, java.nio.charset.StandardCharsets.ISO_8859_1)) {
                said += lines.limit(CRASH_REPORT_LINES)
                        .collect(Collectors.joining("\n", "\ncrash report:\n", "\n"));
            }
        }
        return new ChildJvm(ended ? child.exitValue() : -1, said);
    }

    private static String threadDump(long pid) throws IOException {
        Path jstack = Path.of(System.getProperty("java.home"), "bin", "jstack");
        Process dump =
                new ProcessBuilder(jstack.toString(), Long.toString(pid)).redirectErrorStream(true)
                        .start();
        return new String(dump.getInputStream().readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    /**
     * Returns the folder or jar of a class. The code source would name the module for the folder
     * and the jar.
     */
    public static Path root(Class<?> type) {
        String inside = "/" + type.getName().replace('.', '/') + ".class";
        String place = type.getResource(inside).toString();
        place = place.substring(0, place.length() - inside.length());
        if (place.startsWith("jar:")) {
            place = place.substring("jar:".length(), place.length() - "!".length());
        }
        try {
            return Path.of(new URI(place));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "exit code " + exitCode + ", output:\n" + output;
    }
}
