package io.github.vdm4j.cli;

import io.github.vdm4j.cli.MoverOptions.ChosenMover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code vdm copy}. */
@Command(
        name = "copy",
        description = "Copies a file through a data mover.",
        footer = {
            "",
            "The copy has a temporary name in the target's folder. When it is complete, it",
            "takes the target's name and the source's permissions. The printed time includes",
            "all of this, but not --verify."
        },
        exitCodeList = {"0:copied", "1:failed", "2:wrong usage"})
final class CopyCommand extends Subcommand {
    private static final int LARGEST_DEPTH = 1024;

    private final Progress progress;

    @Parameters(paramLabel = "SRC", description = "The file to copy.") private Path source;

    @Parameters(paramLabel = "DST",
            description = "The file to write; replaced if it exists.") private Path target;

    @Mixin private MoverOptions mover;

    @Option(
            names = "--durable",
            description = "Return only after the copy and its name are"
                    + " durable.") private boolean durable;

    @Option(
            names = "--verify",
            description = "Read both files again and compare their CRC-32C before the target gets"
                    + " its name.") private boolean verify;

    @Option(
            names = "--chunk",
            paramLabel = "SIZE",
            defaultValue = "1M",
            description = "Bytes in an operation, 4K to 1G. Default: 1M.") private ByteSize chunk;

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "8",
            description = "Operations in flight, 1 to 1024. Default: 8.") private int depth;

    @Option(names = "--json",
            description = "Print JSON: the files, the bytes, the time, and the"
                    + " chunks by path.") private boolean json;

    CopyCommand(Progress progress) {
        this.progress = progress;
    }

    @Override
    public Integer call() throws CommandFailure {
        checkUsage();
        var copy =
                new FileCopy(source, checkFiles(), durable, verify, chunk.bytes(), depth);
        try (ChosenMover chosen = mover.open(depth)) {
            if (mover.isAuto()) {
                report("mover " + chosen.name() + ": " + chosen.reason());
            }
            FileCopy.Outcome outcome = copy.run(chosen, progress);
            println(json ? json(outcome) : outcome);
        }
        return 0;
    }

    private void checkUsage() {
        mover.checkUsage();
        require(chunk.bytes() >= 4 << 10 && chunk.bytes() <= 1 << 30,
                "--chunk " + chunk + ": must be 4K to 1G");
        require(depth >= 1 && depth <= LARGEST_DEPTH, "--depth " + depth + ": must be 1 to 1024");
    }

    /** Checks the source and the target. Returns the target without symbolic links. */
    private Path checkFiles() throws CommandFailure {
        if (!Files.exists(source)) {
            throw new CommandFailure("the source " + source + " does not exist");
        }
        InputFile.refuseUnlessRegular(source, "the source " + source, "");
        Path resolved = resolve(target);
        if (Files.exists(resolved)) {
            InputFile.refuseUnlessRegular(target, "the target " + target, " in it");
            refuseSame();
            return resolved;
        }
        Path folder = resolved.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure("the target's folder %s %s".formatted(folder,
                    Files.exists(folder) ? "is not a directory" : "does not exist"));
        }
        return resolved;
    }

    private void refuseSame() throws CommandFailure {
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
}
