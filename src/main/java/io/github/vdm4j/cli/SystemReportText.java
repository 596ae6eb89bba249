package io.github.vdm4j.cli;

import io.github.vdm4j.dml.DmlVersion;
import io.github.vdm4j.dsa.DsaDevice;
import io.github.vdm4j.dsa.DsaSystem;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The text form of a {@link SystemReport}. The first column contains topics, and the second column
 * contains facts.
 */
final class SystemReportText {
    private static final String LINE = "%-10s %s%n";

    private final StringBuilder text = new StringBuilder();

    private SystemReportText() {}

    static String of(SystemReport report) {
        var page = new SystemReportText();
        page.versions(report);
        page.dml(report.dml());
        DsaSystem dsa = report.dsa().system();
        page.line("processor",
                dsa.processorFlags() == null ? "unknown" : yesOrNo(dsa.processorFlags()));
        page.devices(dsa.devices());
        page.line("", report.diagnosis().verdict().sentence());
        page.line("", new Diagnoses(report.diagnosis(), report.dsa()).dsaSentence());
        String topic = "movers";
        for (SystemReport.Mover mover : report.movers()) {
            page.line(topic, "%-8s path %-9s %s".formatted(mover.name(), mover.path(),
                    yesOrNo(mover.supports())));
            topic = "";
        }
        page.line("durable", report.volatileFiles());
        return page.text.toString();
    }

    private void versions(SystemReport report) {
        SystemReport.Java java = report.java();
        SystemReport.OperatingSystem system = report.system();
        line("vdm4j", report.vdm4j());
        line("java", "%s, %s, %s".formatted(java.version(), java.vendor(), java.home()));
        line("system",
                "%s %s %s, %d processors".formatted(system.name(), system.kernel(),
                        system.architecture(),
                        system.processors()));
    }

    private void dml(SystemReport.Dml dml) {
        if (dml.available()) {
            DmlVersion version = dml.version();
            line("Intel DML",
                    "%s, commit %s, built %s".formatted(version.version(), version.commit(),
                            version.buildDate()));
            line("", dml.file() == null || dml.file().equals(dml.location())
                    ? dml.location()
                    : dml.location() + " is " + dml.file());
        } else {
            line("Intel DML", "not available; tried:");
            dml.attempts().forEach(attempt -> line("", attempt.place() + ": " + attempt.outcome()));
        }
    }

    private void devices(List<DsaDevice> devices) {
        if (devices.isEmpty()) {
            line("DSA", "no device");
        }
        String topic = "DSA";
        for (DsaDevice device : devices) {
            line(topic,
                    "%-8s %s, NUMA node %s, max transfer %s".formatted(device.name(),
                            known(device.state()),
                            known(device.numaNode()), size(device.maxTransferSize())));
            for (DsaDevice.WorkQueue queue : device.queues()) {
                line("", "%-8s %s, %s, type %s, size %s, max transfer %s".formatted(
                        "  " + queue.name(),
                        known(queue.state()), known(queue.mode()), known(queue.type()),
                        known(queue.size()),
                        size(queue.maxTransferSize())));
            }
            topic = "";
        }
    }

    private void line(String topic, String content) {
        text.append(LINE.formatted(topic, content));
    }

    private static String yesOrNo(Map<String, Boolean> answers) {
        return answers.entrySet()
                .stream()
                .map(answer -> answer.getKey() + " " + (answer.getValue() ? "yes" : "no"))
                .collect(Collectors.joining(", "));
    }

    private static String known(Object value) {
        return value == null ? "unknown" : value.toString();
    }

    private static String size(Long bytes) {
        return bytes == null ? "unknown" : new ByteSize(bytes).toString();
    }
}
