package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jars that the build makes for users. */
class JarsIT {
    @Test
    void eachJarContainsTheLicense() throws IOException {
        byte[] license = Files.readAllBytes(Path.of("LICENSE"));
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            jars = files.filter(file -> file.getFileName()
                    .toString()
                    .matches("vdm4j-[^-]+(-SNAPSHOT)?(-cli|-emulator|-contract-tests)?\\.jar"))
                    .toList();
        }
        assertEquals(4, jars.size(), jars::toString);
        for (Path each : jars) {
            try (JarFile jar = new JarFile(each.toFile())) {
                assertArrayEquals(license, jar
                        .getInputStream(jar.getEntry("META-INF/LICENSE"))
                        .readAllBytes(), each::toString);
            }
        }
    }
}
