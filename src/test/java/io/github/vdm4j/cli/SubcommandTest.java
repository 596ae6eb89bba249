package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubcommandTest {
    record Point(int x, Long y, String label, boolean seen) {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "plain        | \"plain\"",
        "say \"hi\"   | \"say \\\"hi\\\"\"",
        "C:\\dir      | \"C:\\\\dir\"",
        "<a&b='c'>    | \"<a&b='c'>\"",
        "ü            | \"ü\"",
    })
    void jsonEscapesQuotesAndBackslashes(String text, String json) {
        assertEquals(json, Subcommand.json(text));
    }

    @Test
    void jsonEscapesControlCharacters() {
        assertEquals("\"a\\nb\\tc\\u0000\\u001f\"", Subcommand.json("a\nb\tc\0\u001f"));
    }

    @Test
    void jsonHasTheComponentsOfRecordsInOrder() {
        assertEquals("""
                {
                  "x": -1,
                  "y": 9007199254740993,
                  "label": null,
                  "seen": true
                }""", Subcommand.json(new Point(-1, 9007199254740993L, null, true)));
    }

    @Test
    void jsonNestsListsAndMaps() {
        assertEquals("""
                {
                  "k\\"": [
                    1,
                    null,
                    []
                  ]
                }""", Subcommand.json(Map.of("k\"", Arrays.asList(1, null, List.of()))));
        assertEquals("{}", Subcommand.json(Map.of()));
    }
}
