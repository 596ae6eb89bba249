package io.github.vdm4j.cli.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.cli.check.CheckReport.Check;
import io.github.vdm4j.cli.check.CheckReport.Failure;
import io.github.vdm4j.cli.check.CheckReport.Verdict;
import io.github.vdm4j.cli.check.TamperingDevice.Fault;
import io.github.vdm4j.dsa.DsaMovers;
import io.github.vdm4j.emulator.Completion;
import io.github.vdm4j.emulator.Descriptor;
import io.github.vdm4j.emulator.DeviceModel;
import io.github.vdm4j.emulator.DeviceSettings;
import io.github.vdm4j.emulator.FaultPlan;
import io.github.vdm4j.emulator.QueueSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The check of a device")
class HardwareCheckTest {
    private static final int HARDWARE_ERROR = 0x20;
    private static final int DUALCAST = 0x09;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @TempDir Path folder;
    private final DsaMovers movers = new DsaMovers();

    @AfterEach
    void close() {
        movers.close();
    }

    private CheckReport check(Fault fault, Duration limit, int rounds, long longest)
            throws IOException {
        var device = CheckedDevice.dsa(movers.system(), true,
                () -> movers.builder(new TamperingDevice(movers.devices, fault)),
                TIMEOUT);
        return new HardwareCheck(device,
                new HardwareCheck.Settings(42, limit, rounds, longest, folder)).run("1");
    }

    private CheckReport check(Fault fault) throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8)).outOfOrder(1));
        movers.devices.inline();
        return check(fault, Duration.ofMinutes(5), 1, 64);
    }

    private static Set<String> failed(CheckReport report) {
        return report.checks()
                .stream()
                .filter(check -> check.verdict() == Verdict.FAILED)
                .map(Check::name)
                .collect(Collectors.toSet());
    }

    private static Check line(CheckReport report, String name, Variant variant) {
        return report.checks()
                .stream()
                .filter(check -> check.name().equals(name)
                        && check.variant().equals(variant.toString()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void deviceThatWorksPasses() throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8).withBlockOnFault(true))
                .queue(QueueSettings.shared(4))
                .queue(QueueSettings.dedicated(4))).devices.start();
        CheckReport report = check(Fault.NONE, Duration.ofMinutes(5), 2, 4_097);
        String text = report.text();
        assertEquals(Verdict.PASSED, report.verdict(), text);
        assertEquals(2, report.rounds());
        assertEquals(List.of(), report.failures());
        assertTrue(report.checks()
                .stream()
                .allMatch(check -> check.verdict() == Verdict.PASSED && check.operations() > 0),
                text);
        assertTrue(text.startsWith("verdict    PASSED\n"), text);
        assertTrue(text.contains("mover      dsa, on the emulator\n"), text);
        assertTrue(text.contains("\nmemcpy                72 ok         72 ok         72 ok "),
                text);
        assertTrue(text.contains("\nqueue wq0.1           200 ok\n"), text);
        assertTrue(text.contains("\ndedicated wq0.2       80 ok\n"), text);
        assertTrue(text.contains("\nblock on fault        200 ok        on wq0.0, which reported 0 "
                + "page faults\n"), text);
        assertFalse(text.contains("partial"), text);
        assertTrue(line(report, "full queue", Variant.MEMORY).note()
                .matches("112 operations in flight on queues of 12, which were full .* times"),
                text);
    }

    @Test
    void reportHasNoPath() throws IOException {
        String text = check(Fault.NONE).text();
        assertFalse(text.contains("/dev") || text.contains(folder.toString()), text);
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count(), "files of the check");
        }
    }

    @Test
    void wrongByteFails() throws IOException {
        CheckReport report = check(Fault.WRONG_BYTE);
        assertEquals(Verdict.FAILED, report.verdict());
        assertEquals(Set.of("memcpy", "memmove, overlapping", "queue wq0.0", "all queues",
                "full queue"), failed(report));
        Check line = line(report, "memcpy", Variant.FILE);
        assertEquals(line.operations(), line.failures());
        Failure failure = report.failures()
                .stream()
                .filter(f -> f.name().equals("memcpy"))
                .findFirst()
                .orElseThrow();
        assertEquals("destination", failure.range());
        assertEquals(failure.sizes().getFirst() - 1, failure.firstWrongByte());
        assertTrue(report.text()
                .contains("\nFAIL memcpy (memory): " + failure.what() + " at byte 0, destination\n"
                        + "     sizes [1, 1], offsets in a page [0, 0], seed "
                        + failure.seed() + "\n"),
                () -> report.text());
    }

    @Test
    void byteBehindTheDestinationFails() throws IOException {
        Failure failure = check(Fault.BYTE_BEHIND).failures()
                .stream()
                .filter(f -> f.name().equals("memcpy"))
                .findFirst()
                .orElseThrow();
        assertEquals("outside of the ranges", failure.range());
    }

    @Test
    void wrongCrcFails() throws IOException {
        CheckReport report = check(Fault.WRONG_CRC);
        assertEquals(Set.of("crc", "crc to memory"), failed(report));
        assertTrue(report.failures().getFirst().what().matches("[0-9a-f]{8} instead of .*"),
                report.failures().getFirst()::toString);
    }

    @Test
    void ignoredFenceFails() throws IOException {
        assertEquals(Set.of("batch with fences"), failed(check(Fault.IGNORED_FENCE)));
    }

    @Test
    void ignoredFlagsOfTheCrcFail() throws IOException {
        assertEquals(Set.of("crc", "crc to memory"), failed(check(Fault.IGNORED_CRC_FLAGS)));
    }

    @Test
    void sameSeedGivesTheSameFailures() throws IOException {
        List<Failure> first = check(Fault.WRONG_CRC).failures();
        var device = CheckedDevice.dsa(movers.system(), true,
                () -> movers.builder(new TamperingDevice(movers.devices, Fault.WRONG_CRC)),
                TIMEOUT);
        assertEquals(first, new HardwareCheck(device,
                new HardwareCheck.Settings(42, Duration.ofMinutes(5), 1, 64, folder)).run("1")
                .failures());
    }

    @Test
    void operationThatTheDeviceFailsIsNamed() throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8)), new FaultPlan() {
            @Override
            public DescriptorFault nextDescriptor(Descriptor descriptor) {
                return descriptor.opcode() == DUALCAST ? DescriptorFault.status(HARDWARE_ERROR)
                        : DescriptorFault.NONE;
            }
        }, DeviceModel.Observer.NONE).devices.inline();
        CheckReport report = check(Fault.NONE, Duration.ofMinutes(5), 1, 64);
        assertEquals(Set.of("dualcast"), failed(report));
        assertEquals("DEVICE_ERROR by HW_ERR1 (0x20) instead of SUCCESS",
                report.failures().getFirst().what());
    }

    @Test
    void deviceThatDoesNotAnswerEndsTheRun() throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8)), new FaultPlan() {
            @Override
            public DescriptorFault nextDescriptor(Descriptor descriptor) {
                return descriptor.opcode() == DUALCAST ? DescriptorFault.losingRecord()
                        : DescriptorFault.NONE;
            }
        }, DeviceModel.Observer.NONE).devices.inline();
        var device = CheckedDevice.dsa(movers.system(), true, movers::builder,
                Duration.ofMillis(200));
        CheckReport report = new HardwareCheck(device, new HardwareCheck.Settings(42,
                Duration.ofMinutes(5), 1, 64, folder)).run("1");
        assertEquals(Verdict.FAILED, report.verdict());
        assertEquals(List.of("TIMEOUT instead of SUCCESS"),
                report.failures().stream().map(Failure::what).toList());
        assertEquals(0, report.rounds());
    }

    @Test
    void operationThatTheDeviceLacksIsSkipped() throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8))
                .without(0x11)).devices.inline();
        CheckReport report = check(Fault.NONE, Duration.ofMinutes(5), 1, 64);
        assertEquals(Verdict.PASSED, report.verdict(), report.text());
        Check line = line(report, "copy crc", Variant.MEMORY);
        assertEquals(Verdict.SKIPPED, line.verdict());
        assertEquals("no device has the opcode 0x11", line.note());
        assertTrue(report.text()
                .contains("\nskipped, because no device has the opcode 0x11: copy crc (memory), "),
                report.text());
    }

    @Test
    void moverThatCannotBeOpenedAgainFails() throws IOException {
        var nops = new AtomicInteger();
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8)), new FaultPlan() {
            @Override
            public DescriptorFault nextDescriptor(Descriptor descriptor) {
                return descriptor.opcode() == 0 && nops.incrementAndGet() > 1
                        ? DescriptorFault.status(HARDWARE_ERROR)
                        : DescriptorFault.NONE;
            }
        }, DeviceModel.Observer.NONE).devices.inline();
        CheckReport report = check(Fault.NONE, Duration.ofMinutes(5), 1, 64);
        assertEquals(Set.of("nop", "queue wq0.0", "all queues", "full queue"), failed(report));
        assertEquals("the mover could not be opened again", report.failures().getFirst().what());
    }

    @Test
    void oldDeviceWithFewCapabilitiesPasses() throws IOException {
        movers.device(new DeviceSettings().version(DeviceSettings.VERSION_1)
                .capabilities(0)
                .maxTransfer(1 << 13)
                .queue(QueueSettings.shared(2))).devices.start();
        CheckReport report = check(Fault.NONE, Duration.ofMinutes(5), 1, 255);
        assertEquals(Verdict.PASSED, report.verdict(), report.text());
        assertEquals("no device writes durably",
                line(report, "memcpy", Variant.DURABLE).note());
    }

    @Test
    void descriptorsWaitForPagesIfTheQueueAllowsIt() throws IOException {
        var waiting = new AtomicInteger();
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8).withBlockOnFault(true))
                .queue(QueueSettings.shared(8)), FaultPlan.NONE, new DeviceModel.Observer() {
                    @Override
                    public void completed(Descriptor descriptor, Completion completion) {
                        waiting.addAndGet(descriptor.flags() >> 1 & 1);
                    }
                }).devices.inline();
        CheckReport report = check(Fault.NONE, Duration.ofMinutes(5), 1, 64);
        assertEquals(Verdict.PASSED, line(report, "block on fault", Variant.UNTOUCHED).verdict());
        assertEquals(200, waiting.get());
    }

    @Test
    void blockOnFaultIsSkippedWithoutSuchAQueue() throws IOException {
        Check line = line(check(Fault.NONE), "block on fault", Variant.UNTOUCHED);
        assertEquals(Verdict.SKIPPED, line.verdict());
        assertEquals("no queue has block_on_fault", line.note());
    }

    @Test
    void dedicatedQueueAloneIsChecked() throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.dedicated(8))).devices.inline();
        CheckReport report = check(Fault.NONE, Duration.ofMinutes(5), 1, 64);
        assertEquals(Verdict.PASSED, report.verdict(), report.text());
        assertEquals(List.of("dedicated"), List.of(report.hardware().get("wq0.0").get("mode")));
        assertEquals(96, line(report, "dedicated wq0.0", Variant.MEMORY).operations());
    }

    /** The run without a limit would continue for ever. */
    @Test
    void stoppedRunHasAPartialReport() throws IOException {
        var check = new HardwareCheck[1];
        var descriptors = new AtomicInteger();
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8)), new FaultPlan() {
            @Override
            public DescriptorFault nextDescriptor(Descriptor descriptor) {
                if (descriptors.incrementAndGet() == 5_000) {
                    check[0].stop();
                }
                return DescriptorFault.NONE;
            }
        }, DeviceModel.Observer.NONE).devices.inline();
        check[0] = new HardwareCheck(
                CheckedDevice.dsa(movers.system(), true, movers::builder, TIMEOUT),
                new HardwareCheck.Settings(42, Duration.ofDays(1), Integer.MAX_VALUE, 64, folder));
        CheckReport report = check[0].run("1");
        assertTrue(report.partial());
        assertTrue(report.rounds() > 0);
        assertEquals(List.of(), report.failures());
        assertTrue(report.text()
                .startsWith(
                        "verdict    INCOMPLETE\npartial    a signal has ended the run early\n"),
                () -> report.text());
    }

    @Test
    void timeThatIsTooShortIsNoPass() throws IOException {
        movers.device(new DeviceSettings().queue(QueueSettings.shared(8))).devices.inline();
        CheckReport report = check(Fault.NONE, Duration.ZERO, 2, 255);
        assertEquals(Verdict.INCOMPLETE, report.verdict());
        assertEquals(0, report.rounds());
    }
}
