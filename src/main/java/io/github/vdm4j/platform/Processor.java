package io.github.vdm4j.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What Linux says about the processor. */
public final class Processor {
    private Processor() {}

    /**
     * The processor's feature flags.
     *
     * @param cpuinfo {@code /proc/cpuinfo} or a file of that form
     * @return the flags; empty where they cannot be read
     */
    public static Set<String> flags(Path cpuinfo) {
        try (var lines = Files.lines(cpuinfo)) {
            return lines
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Set.copyOf(List.of(line.substring(line.indexOf(':') + 1).strip().split(" +"))))
                    .orElse(Set.of());
        } catch (IOException | RuntimeException e) {
            return Set.of();
        }
    }
}
