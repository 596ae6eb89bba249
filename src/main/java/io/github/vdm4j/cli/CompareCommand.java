package io.github.vdm4j.cli;

import io.github.vdm4j.VdmOperation;
import io.github.vdm4j.cli.MoverOptions.ChosenMover;
import io.github.vdm4j.machine.Message;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code vdm compare}. */
@Command(
        name = "compare",
        description = "Compares two files through a data mover.",
        exitCodeOnExecutionException = CompareCommand.TROUBLE,
        footer = {
            "",
            "Prints the offset of the first byte that differs, counted from 0. If one file",
            "begins with the whole of the second, prints the length of the shorter file.",
            "Prints nothing for equal files."
        },
        exitCodeList = {"0:equal", "1:different", "2:trouble or wrong usage"})
final class CompareCommand extends Subcommand {
    static final int TROUBLE = 2;
    private static final int DIFFERENT = 1;
    private static final long CHUNK = 1 << 20;
    private static final int DEPTH = 8;

    private final Progress progress;
    /** The offset of the first mismatch, or -1. */
    private long mismatch;

    @Parameters(paramLabel = "A", description = "A file.") private Path first;

    @Parameters(paramLabel = "B", description = "The file to compare it with.") private Path second;

    @Mixin private MoverOptions mover;

    @Option(names = "--json",
            description = "Print JSON: the files, their sizes, and the offset of the first"
                    + " difference or null.") private boolean json;

    /** The JSON report of a comparison. The offset is null for equal files. */
    private record Report(String first, String second, long firstBytes, long secondBytes,
            boolean equal, Long offset, String mover) {}

    CompareCommand(Progress progress) {
        this.progress = progress;
    }

    @Override
    public Integer call() throws CommandFailure {
        mover.checkUsage();
        try (InputFile a = InputFile.open(first);
                InputFile b = InputFile.open(second);
                ChosenMover chosen = mover.open(DEPTH)) {
            compare(chosen, a, b);
            boolean equal = mismatch < 0 && a.size() == b.size();
            long offset = mismatch >= 0 ? mismatch : Math.min(a.size(), b.size());
            if (json) {
                println(json(new Report(first.toString(), second.toString(), a.size(), b.size(),
                        equal, equal ? null : offset, chosen.name())));
            } else if (!equal) {
                println(mismatch >= 0
                        ? Message.of("%s and %s differ at offset %d", first, second, offset)
                        : ends(a, b));
            }
            return equal ? 0 : DIFFERENT;
        }
    }

    private String ends(InputFile a, InputFile b) {
        return Message.of("%s ends at offset %d, %s has %d bytes more",
                a.size() < b.size() ? first : second,
                Math.min(a.size(), b.size()),
                a.size() < b.size() ? second : first,
                Math.abs(a.size() - b.size()));
    }

    private void compare(ChosenMover chosen, InputFile a, InputFile b) throws CommandFailure {
        mismatch = -1;
        new ChunkPipeline(chosen.mover(), Math.min(a.size(), b.size()), CHUNK, DEPTH, progress,
                (operation, offset, length) -> operation.compare(
                        a.content().asSlice(offset, length), b.content().asSlice(offset, length)),
                this::keepEarliest)
                .run("compare %s and %s".formatted(first, second), a, b);
    }

    /** Keeps the earliest mismatch, because earlier chunks can still be in flight. */
    private boolean keepEarliest(VdmOperation operation, long offset) {
        long found = operation.value();
        if (found >= 0 && (mismatch < 0 || offset + found < mismatch)) {
            mismatch = offset + found;
        }
        return mismatch < 0;
    }
}
