package io.github.vdm4j.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on a terminal. It disappears when the work has ended. */
final class TerminalProgress implements Progress {
    private final String task;
    private final PrintStream terminal;
    private final int columns;
    private ProgressBar bar;

    TerminalProgress(String task, PrintStream terminal, int columns) {
        this.task = task;
        this.terminal = terminal;
        this.columns = columns;
    }

    @Override
    public void begin(long bytes) {
        bar = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(bytes)
                .setUnit(" MiB", 1 << 20)
                .showSpeed()
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(100)
                // The width is known. The look-up by jline would take longer than a small copy.
                .setConsumer(new ConsoleProgressBarConsumer(terminal, columns))
                .clearDisplayOnFinish()
                .build();
    }

    @Override
    public void moved(long bytes) {
        bar.stepBy(bytes);
    }

    @Override
    public void end() {
        bar.close();
    }
}
