package io.github.vdm4j.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** The kernel's files. The result for a missing, unreadable or malformed file is null or empty. */
public final class SystemFiles {
    private SystemFiles() {}

    /** Lists a folder. Shorter paths come first, for example wq0.2 before wq0.10. */
    public static List<Path> list(Path folder, Predicate<String> name) {
        try (var found = Files.newDirectoryStream(folder)) {
            var paths = new ArrayList<Path>();
            for (Path path : found) {
                if (name.test(path.getFileName().toString())) {
                    paths.add(path);
                }
            }
            if (paths.size() > 1) { // the first sort of a JVM takes milliseconds
                paths.sort(
                        Comparator.<Path>comparingInt(path -> path.toString().length())
                                .thenComparing(Path::toString));
            }
            return paths;
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }

    /** Returns the text of a file without surrounding white space, or null. */
    public static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    /** Returns the text of a file, or null if the file has none. */
    public static String word(Path file) {
        String text = text(file);
        return "".equals(text) ? null : text;
    }

    /** Returns the number in a file, decimal or hexadecimal after 0x, or null. */
    public static Long number(Path file) {
        String text = text(file);
        try {
            return text == null ? null
                    : text.startsWith("0x") ? Long.valueOf(
                            Long.parseUnsignedLong(text.substring(2), 16))
                            : Long.decode(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Returns whether a file holds a number other than 0. Returns null if it holds no number. */
    public static Boolean flag(Path file) {
        Long number = number(file);
        return number == null ? null : number != 0;
    }
}
