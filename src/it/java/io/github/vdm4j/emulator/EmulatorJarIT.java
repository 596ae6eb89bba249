package io.github.vdm4j.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The jar of the emulator")
class EmulatorJarIT {
    private static final String PACKAGE = "io/github/vdm4j/emulator/";

    private static Path jar() throws Exception {
        try (var files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.toString().endsWith("-emulator.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void holdsTheEmulatorAndNothingElse() throws Exception {
        try (var jar = new JarFile(jar().toFile());
                var sources = Files.list(Path.of("src/emulator/java", PACKAGE))) {
            List<String> expected = sources.map(source -> source.getFileName().toString())
                    .map(name -> PACKAGE + name.replace(".java", ".class"))
                    .filter(name -> !name.contains("package-info"))
                    .sorted()
                    .toList();
            List<String> found = jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(".class") && !name.contains("$"))
                    .filter(name -> !name.contains("package-info"))
                    .sorted()
                    .toList();
            assertEquals(expected, found);
            assertEquals("ALL-UNNAMED", jar.getManifest()
                    .getMainAttributes()
                    .getValue("Enable-Native-Access"));
        }
    }

    @Test
    void runsTheCommand() throws Exception {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
                jar().toString(), "--help").start();
        String help = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor());
        assertTrue(help.startsWith("Usage: dsa-emulator"), help);
    }
}
