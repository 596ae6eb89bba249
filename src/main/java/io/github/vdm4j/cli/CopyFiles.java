package io.github.vdm4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The source and the target of a copy.
 *
 * @param source a regular file
 * @param target a regular file or a free name. The name is not a symbolic link
 */
record CopyFiles(Path source, Path target) {

    /** Checks the files that the user has named. */
    static CopyFiles of(Path source, Path target) throws CommandFailure {
        if (!Files.exists(source)) {
            throw new CommandFailure("the source " + source + " does not exist");
        }
        refuseUnlessRegular("source", source);
        Path resolved = resolve(target);
        if (Files.exists(resolved)) {
            refuseUnlessRegular("target", target);
            refuseSame(source, target);
        } else {
            Path folder = folderOf(resolved);
            if (!Files.isDirectory(folder)) {
                throw new CommandFailure(
                        "the target's folder %s %s"
                                .formatted(folder, Files.exists(folder) ? "is not a directory"
                                        : "does not exist"));
            }
        }
        return new CopyFiles(source, resolved);
    }

    private static void refuseUnlessRegular(String role, Path file) throws CommandFailure {
        if (Files.isDirectory(file)) {
            throw new CommandFailure(
                    "the %s %s is a directory: name a file%s"
                            .formatted(role, file, role.equals("target") ? " in it" : ""));
        }
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure("the %s %s is not a regular file".formatted(role, file));
        }
    }

    private static void refuseSame(Path source, Path target) throws CommandFailure {
        try {
            if (Files.isSameFile(source, target)) {
                throw new CommandFailure("%s and %s are the same file".formatted(source, target));
            }
        } catch (IOException e) {
            throw CommandFailure.of("cannot compare " + source + " with " + target, e);
        }
    }

    /** Follows a symbolic link, like cp. A rename would replace the link instead of the file. */
    private static Path resolve(Path target) throws CommandFailure {
        if (!Files.isSymbolicLink(target)) {
            return target;
        }
        try {
            return target.toRealPath();
        } catch (IOException e) {
            throw CommandFailure
                    .of("the target " + target + " is a symbolic link that cannot be followed", e);
        }
    }

    /** Returns the folder of the target. */
    Path folder() {
        return folderOf(target);
    }

    private static Path folderOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent != null ? parent : file.toAbsolutePath();
    }
}
