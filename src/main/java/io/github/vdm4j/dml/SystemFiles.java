package io.github.vdm4j.dml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The kernel's files below a root. What is not there, cannot be read or makes no sense is null or
 * empty.
 */
record SystemFiles(Path root) {

    /** Sorted by length first: wq0.2 comes before wq0.10. */
    List<Path> list(String folder, Predicate<String> name) {
        try (var found = Files.newDirectoryStream(root.resolve(folder))) {
            var paths = new ArrayList<Path>();
            for (Path path : found) {
                if (name.test(path.getFileName().toString())) {
                    paths.add(path);
                }
            }
            if (paths.size() > 1) { // else the order need not be made, which takes a JVM that has just started milliseconds
                paths.sort(
                        Comparator.<Path>comparingInt(path -> path.toString().length())
                                .thenComparing(Path::toString));
            }
            return paths;
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }

    boolean has(String file) {
        return Files.exists(root.resolve(file));
    }

    String text(String file) {
        return text(root.resolve(file));
    }

    static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    static Long number(Path file) {
        String text = text(file);
        try {
            return text == null ? null : Long.decode(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static Boolean flag(Path file) {
        Long number = number(file);
        return number == null ? null : number != 0;
    }
}
