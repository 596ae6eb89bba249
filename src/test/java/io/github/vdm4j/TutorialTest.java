package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The steps of the tutorial work")
class TutorialTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(java|console)\n(.*?)^```$");
    private static final Pattern CLASS = Pattern.compile("(?m)^final class (\\w+)");

    @TempDir private Path folder;

    @Test
    void everyStepPrintsItsOutput() throws Exception {
        List<String> commands = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(Path.of("docs/tutorial.md")));
        while (block.find()) {
            String text = block.group(2);
            if (block.group(1).equals("java")) {
                Matcher name = CLASS.matcher(text);
                assertTrue(name.find(), text);
                Files.writeString(folder.resolve(name.group(1) + ".java"), text);
            } else {
                commands.add(text);
            }
        }
        assertTrue(commands.size() > 3, commands::toString);
        for (String shown : commands) {
            var printed = new StringBuilder();
            for (String line : shown.lines().filter(each -> each.startsWith("$ ")).toList()) {
                printed.append(line).append('\n').append(run(line.substring(2)));
            }
            assertEquals(shown, printed.toString());
        }
    }

    /** Runs a command with this JDK, and with this build instead of the jar. */
    private String run(String command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        for (String word : command.split(" ")) {
            words.add(word.replace("vdm4j.jar",
                    Path.of("target/classes").toAbsolutePath().toString()));
        }
        words.set(0, Path.of(System.getProperty("java.home"), "bin", words.getFirst()).toString());
        File errors = folder.resolve("errors").toFile();
        Process process = new ProcessBuilder(words).directory(folder.toFile())
                .redirectError(errors)
                .start();
        String printed = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), () -> command + ": " + errorsIn(errors));
        return printed;
    }

    private static String errorsIn(File file) {
        try {
            return Files.readString(file.toPath());
        } catch (IOException e) {
            return e.toString();
        }
    }
}
