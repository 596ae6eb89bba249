package io.github.vdm4j.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A listener of a command's progress with a file. The working thread calls it. */
interface Progress {
    Progress NONE = new Progress() {};

    /** Reports that the files are mapped and the work begins. */
    default void begin(long bytes) {}

    /** Reports that a chunk is complete. */
    default void moved(long bytes) {}

    /** Reports that the work has ended, after every {@link #begin}. */
    default void end() {}

    /** A progress bar on a terminal. It disappears when the work has ended. */
    final class Terminal implements Progress {
        private final String task;
        private final PrintStream terminal;
        private final int columns;
        private ProgressBar bar;

        Terminal(String task, PrintStream terminal, int columns) {
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
}
