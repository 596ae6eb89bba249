package io.github.vdm4j.emulator;

import io.github.vdm4j.emulator.EmulatorOptions.Option;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The command that serves emulated devices through FUSE, in a separate process. */
public final class EmulatorCommand {
    private static final int FAILED = 1;
    private static final int WRONG_USAGE = 2;

    /** Counts completions by status, and prints them on request. */
    private static final class Counter implements DeviceModel.Observer {
        private final PrintStream trace; // If null, there is no trace.
        private final Map<Integer, Long> counts = new TreeMap<>();
        private long lost;
        private long dropped;

        Counter(PrintStream trace) {
            this.trace = trace;
        }

        @Override
        public synchronized void completed(Descriptor descriptor, Completion completion) {
            counts.merge(completion.status(), 1L, Long::sum);
            if (trace != null) {
                trace.printf("%s: status 0x%02x, result %d, completed %d%n", descriptor,
                        completion.status(), completion.result(), completion.bytes());
            }
        }

        @Override
        public synchronized void recordLost(Descriptor descriptor) {
            lost++;
        }

        @Override
        public synchronized void dropped(Descriptor descriptor) {
            dropped++;
        }

        synchronized String summary() {
            var text = new StringBuilder("dsa-emulator: %d descriptors"
                    .formatted(counts.values().stream().mapToLong(Long::longValue).sum()));
            counts.forEach((status, count) -> text.append(", %d with status 0x%02x"
                    .formatted(count, status)));
            text.append(lost == 0 ? "" : ", " + lost + " records could not be written");
            text.append(dropped == 0 ? "" : ", " + dropped + " dropped by a full queue");
            return text.toString();
        }
    }

    private final EmulatorOptions options;
    private final Counter counter;
    private volatile FuseMount mount;
    private volatile Process child;

    private EmulatorCommand(EmulatorOptions options) {
        this.options = options;
        counter = new Counter(options.has(Option.TRACE) ? System.err : null);
    }

    /** Runs the command. {@code --help} lists the arguments. */
    public static void main(String... arguments) {
        EmulatorOptions options;
        try {
            options = new EmulatorOptions(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("dsa-emulator: " + e.getMessage() + "; --help lists the options");
            System.exit(WRONG_USAGE);
            return;
        }
        if (options.has(Option.HELP)) {
            System.out.print(EmulatorOptions.help());
            return;
        }
        int code;
        try {
            code = new EmulatorCommand(options).run();
        } catch (IOException e) {
            System.err.println("dsa-emulator: " + e.getMessage());
            code = FAILED;
        } catch (InterruptedException e) {
            code = FAILED;
        }
        System.exit(code);
    }

    private int run() throws IOException, InterruptedException {
        boolean temporary = options.folder() == null;
        Path folder = temporary ? Files.createTempDirectory("dsa-emulator")
                : Files.createDirectories(Path.of(options.folder())).toRealPath();
        Path nodes = folder(Option.DEVICES_AT, folder.resolve("devices"));
        Path sysfs = folder(Option.SYSFS_AT, folder.resolve("sysfs"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder, temporary)));
        SysfsTree.write(sysfs, options.devices());
        mount = new FuseMount(nodes);
        start();
        return options.command().isEmpty() ? serve(nodes, sysfs) : execute(nodes, sysfs);
    }

    private Path folder(Option option, Path otherwise) throws IOException {
        Path folder = Path.of(options.value(option, otherwise.toString()));
        return Files.createDirectories(folder).toRealPath();
    }

    private void start() {
        List<DeviceSettings> settings = options.devices();
        List<QueueNode> nodes = new ArrayList<>();
        for (int number = 0; number < settings.size(); number++) {
            var device = new DeviceModel(settings.get(number), options.faults(), System::nanoTime,
                    counter);
            List<QueueSettings> queues = settings.get(number).queues();
            for (int queue = 0; queue < queues.size(); queue++) {
                nodes.add(new QueueNode("wq" + number + "." + queue, device, queue,
                        queues.get(queue).dedicated(), !options.has(Option.ALL_PAGES)));
            }
            daemon("dsa" + number, () -> runDevice(device));
        }
        daemon("fuse", () -> {
            try {
                new FuseServer(mount, nodes).serve();
            } catch (IOException e) {
                System.err.println("dsa-emulator: " + e.getMessage());
            } finally {
                mount.abort();
            }
        });
    }

    private static void daemon(String name, Runnable task) {
        Thread.ofPlatform().name(name).daemon().start(task);
    }

    private void runDevice(DeviceModel device) {
        try {
            device.run();
        } catch (InterruptedException e) {
            return; // The process ends.
        } finally {
            mount.abort(); // After a death, clients see the errors of a killed emulator.
        }
    }

    private int serve(Path nodes, Path sysfs) throws IOException {
        System.out.println("VDM4J_DSA_DEVICES=" + nodes);
        System.out.println("VDM4J_DSA_SYSFS=" + sysfs);
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // This call waits for the end.
        }
        return 0;
    }

    private int execute(Path nodes, Path sysfs) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(options.command()).inheritIO();
        builder.environment().put("VDM4J_DSA_DEVICES", nodes.toString());
        builder.environment().put("VDM4J_DSA_SYSFS", sysfs.toString());
        child = builder.start();
        return child.waitFor();
    }

    private void end(Path folder, boolean temporary) {
        if (child != null) {
            child.destroy(); // A signal asked this process to end.
        }
        if (mount != null) {
            mount.close();
            System.err.println(counter.summary());
        }
        if (temporary) {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                System.err.println("dsa-emulator: " + folder + " stays: " + e);
            }
        }
    }
}
