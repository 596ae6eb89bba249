package io.github.vdm4j.cli;

import io.github.vdm4j.cli.MoverOptions.MoverChoice;
import io.github.vdm4j.cli.check.CheckReport;
import io.github.vdm4j.cli.check.CheckedDevice;
import io.github.vdm4j.cli.check.HardwareCheck;
import io.github.vdm4j.cli.check.HardwareCheck.Settings;
import io.github.vdm4j.mover.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code vdm check-hardware}. */
@Command(
        name = "check-hardware",
        description = "Compares every operation of a DSA device with the JVM's results.",
        footer = {
            "",
            "The mover has no fallback. Operations that the device does not execute fail.",
            "Ctrl-C ends the run early and still writes the report.",
            "The report contains no host name, user name or path. Attach it to an issue."
        },
        exitCodeList = {"0:all results equal the JVM's results",
            "1:a result differs, the time was too short, or there is no device", "2:wrong usage"})
final class CheckHardwareCommand extends Subcommand {
    private static final int FAILED = 1;
    /** A device that does not answer ends the run after 10 s, and its close takes as long. */
    private static final long SECONDS_FOR_REPORT = 60;
    private static final long LEAST = 64;
    private static final long MOST = 32 << 20;

    @Option(
            names = "--mover",
            paramLabel = "MOVER",
            defaultValue = "dsa",
            description = "The mover: dsa, or dml on its hardware path."
                    + " Default: dsa.") private MoverChoice mover;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "300",
            description = "The time limit of the run in seconds, 1 to 86400."
                    + " Default: 300.") private int seconds;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "The largest number of rounds with every operation. Default: until "
                    + "the time"
                    + " limit.") private Integer rounds;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = "The seed of all parameters and contents. The report contains the seed."
                    + " The same seed repeats the run. Default: random.") private Long seed;

    @Option(
            names = "--longest",
            paramLabel = "SIZE",
            defaultValue = "32M",
            description = "Bytes in the longest operation, 64 to 32M."
                    + " Default: 32M.") private ByteSize longest;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            defaultValue = "${sys:java.io.tmpdir}",
            description = "The folder for the file whose pages are mapped. Default: the folder of"
                    + " temporary files.") private Path folder;

    @Option(
            names = "--report",
            paramLabel = "NAME",
            description = "Also write the report to NAME.txt and NAME.json."
                    + " They must not exist.") private Path report;

    @Option(names = "--json", description = "Print the report as JSON.") private boolean json;

    @Override
    public Integer call() throws CommandFailure {
        var check = new HardwareCheck(
                mover == MoverChoice.DML ? CheckedDevice.dml() : CheckedDevice.dsa(), settings());
        var written = new CountDownLatch(1);
        var signalled = new Thread(() -> stop(check, written), "vdm-signalled");
        Runtime.getRuntime().addShutdownHook(signalled);
        try {
            return run(check);
        } finally {
            written.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(signalled);
            } catch (IllegalStateException e) {
                // The hook is running. The JVM ends after it.
            }
        }
    }

    /** Ends a run after Ctrl-C and waits for its report. */
    private static void stop(HardwareCheck check, CountDownLatch written) {
        check.stop();
        try {
            boolean ignored = written.await(SECONDS_FOR_REPORT, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int run(HardwareCheck check) throws CommandFailure {
        try {
            CheckReport found = check.run(VdmCommand.Version.text());
            String text = found.text();
            String asJson = json(found) + System.lineSeparator();
            // The report is printed first, because the files may be unwritable after a long run.
            print(json ? asJson : text);
            if (report != null) {
                write(".txt", text);
                write(".json", asJson);
            }
            return found.verdict() == CheckReport.Verdict.PASSED ? 0 : FAILED;
        } catch (UnavailableException e) {
            throw new CommandFailure("no device can be checked. %s%n%s".formatted(e.reasons(),
                    CommandFailure.REMEDIES), e);
        } catch (IOException e) {
            throw CommandFailure.of("the check needs a file in the folder " + folder, e);
        }
    }

    private void write(String ending, String content) throws CommandFailure {
        try {
            Files.writeString(file(ending), content, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw CommandFailure.of("cannot write the report " + report + ending, e);
        }
    }

    private Settings settings() {
        require(mover == MoverChoice.DSA || mover == MoverChoice.DML,
                "--mover " + mover + ": must be dsa or dml. Other movers use no device");
        require(seconds >= 1 && seconds <= Duration.ofDays(1).toSeconds(),
                "--seconds " + seconds + ": must be 1 to 86400");
        require(rounds == null || rounds >= 1, "--rounds " + rounds + ": must be 1 or more");
        require(longest.bytes() >= LEAST && longest.bytes() <= MOST,
                "--longest " + longest + ": must be 64 to 32M");
        if (report != null) {
            require(Files.isWritable(file(".txt").toAbsolutePath().getParent()),
                    "--report " + report + ": its folder must exist and be writable");
            for (Path file : List.of(file(".txt"), file(".json"))) {
                require(!Files.exists(file),
                        "--report %s: %s exists. Choose another name, or delete the file"
                                .formatted(report, file));
            }
        }
        return new Settings(seed != null ? seed : new Random().nextInt(Integer.MAX_VALUE),
                Duration.ofSeconds(seconds), rounds != null ? rounds : Integer.MAX_VALUE,
                longest.bytes(), folder);
    }

    private Path file(String ending) {
        return Path.of(report + ending);
    }
}
