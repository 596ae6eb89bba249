package io.github.vdm4j.cli;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.cli.MoverOptions.ChosenMover;
import io.github.vdm4j.operation.CrcOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code vdm crc}. */
@Command(
        name = "crc",
        description = "Prints the CRC-32C of each file, computed through a data mover.",
        footer = {
            "",
            "If a file cannot be read, prints the reason on standard error and continues."
        },
        exitCodeList = {"0:done", "1:a file could not be read", "2:wrong usage"})
final class CrcCommand extends Subcommand {
    private static final long CHUNK = 1 << 20;

    private final Progress progress;
    /** The CRC of the processed bytes of a file. */
    private int crc;

    // With the arity 1..*, picocli stops at an invalid name and reports it as unmatched.
    @Parameters(paramLabel = "FILE", index = "0..*", arity = "1",
            description = "The files to read.") private List<Path> files;

    @Mixin private MoverOptions mover;

    @Option(
            names = "--json",
            description = "Print JSON: the name, size, CRC-32C, mover and paths"
                    + " of each file.") private boolean json;

    /** The JSON report of a file. */
    private record Checksum(String file, long bytes, String crc32c, String mover,
            Map<ExecutionPath, Long> chunks) {}

    CrcCommand(Progress progress) {
        this.progress = progress;
    }

    @Override
    public Integer call() throws CommandFailure {
        mover.checkUsage();
        int exitCode = 0;
        List<Checksum> checksums = new ArrayList<>();
        try (ChosenMover chosen = mover.open(1)) {
            for (Path file : files) {
                try {
                    Checksum checksum = checksum(chosen, file);
                    checksums.add(checksum);
                    if (!json) {
                        println(line(checksum));
                    }
                } catch (CommandFailure e) {
                    report(e.getMessage());
                    exitCode = spec().exitCodeOnExecutionException();
                }
            }
        }
        if (json) {
            println(json(checksums));
        }
        return exitCode;
    }

    /** Returns a line like sha256sum. A backslash before the CRC marks a name with escapes. */
    private static String line(Checksum checksum) {
        String name = checksum.file.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (name.equals(checksum.file) ? "" : "\\") + checksum.crc32c + "  " + name;
    }

    private Checksum checksum(ChosenMover chosen, Path path) throws CommandFailure {
        try (InputFile file = InputFile.open(path)) {
            crc = 0;
            // One chunk at a time, because each chunk continues the CRC of the previous chunk.
            var pipeline = new ChunkPipeline(chosen.mover(), file.size(), CHUNK, 1, progress,
                    (operation, offset, length) -> operation.crc32c(
                            file.content().asSlice(offset, length),
                            CrcOptions.STANDARD.withSeed(crc)),
                    (operation, offset) -> {
                        crc = (int) operation.value();
                        return true;
                    });
            Map<ExecutionPath, Long> chunks = pipeline.run("read " + path, file);
            return new Checksum(path.toString(), file.size(), "%08x".formatted(crc), chosen.name(),
                    chunks);
        }
    }
}
