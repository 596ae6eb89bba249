package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("JSON")
class JsonTest {
    record Point(int x, Long y, String label, boolean seen) {}

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "plain        | \"plain\"",
        "say \"hi\"   | \"say \\\"hi\\\"\"",
        "C:\\dir      | \"C:\\\\dir\"",
        "ü            | \"ü\"",
    })
    void quotesAndBackslashesAreEscaped(String text, String json) {
        assertEquals(json, Json.of(text));
    }

    @Test
    void controlCharactersAreEscaped() {
        assertEquals("\"a\\nb\\u0009c\\u0000\\u001f\"", Json.of("a\nb\tc\0\u001f"));
        assertEquals("\"\\ud83d\\ude00\\udc00\"", Json.of("\ud83d\ude00\udc00"));
    }

    @Test
    void recordIsWrittenInComponentOrder() {
        assertEquals("""
                {
                  "x": -1,
                  "y": 9007199254740993,
                  "label": null,
                  "seen": true
                }""", Json.of(new Point(-1, 9007199254740993L, null, true)));
    }

    @Test
    void nestsListsAndMaps() {
        assertEquals("""
                {
                  "k\\"": [
                    1,
                    null,
                    []
                  ]
                }""", Json.of(Map.of("k\"", Arrays.asList(1, null, List.of()))));
        assertEquals("{}", Json.of(Map.of()));
    }

    @Test
    void unknownTypeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Json.of(1.5));
    }
}
