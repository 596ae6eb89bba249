package io.github.vdm4j.benchmarks.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The reasons why measures miss their bounds, found by profiling. A person wrote this part of the
 * report.
 */
final class Findings {
    private final Map<String, String> sections = new HashMap<>();

    Findings() throws IOException {
        try (InputStream in = Findings.class.getResourceAsStream("findings.md")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String section : text.split("(?m)^## ")) {
                int end = section.indexOf('\n');
                if (end > 0) {
                    sections.put(section.substring(0, end).strip(), section.substring(end).strip());
                }
            }
        }
    }

    String of(String measure) {
        return sections.getOrDefault(measure, "No reason has been found yet.");
    }
}
