package io.github.vdm4j.emulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The options of the command, and the devices that they describe. */
final class EmulatorOptions {
    private static final String QUEUE_SYNTAX =
            "shared:SIZE, shared:SIZE:THRESHOLD or dedicated:SIZE";

    /** An option with its name, argument and help. */
    enum Option {
        DEVICES("--devices", "N", "Devices: dsa0, dsa1, ... Default: 1."),
        NODES("--nodes", "LIST", "NUMA nodes of the devices, in turn: 0,1. Default: 0."),
        QUEUES("--queues", "LIST",
                "Queues of each device: " + QUEUE_SYNTAX + ", with commas. Default: shared:128."),
        VERSION("--device-version", "N", "1 (refuses batches) or 2. Default: 2."),
        CAPABILITIES("--capabilities", "BITS",
                "GENCAP without its fields for sizes, 0x... Default: that of the version."),
        WITHOUT("--without", "LIST", "Operations that the devices lack, by opcode: 0x10,0x11."),
        BLOCK_ON_FAULT("--block-on-fault", null, "Lets descriptors wait for missing pages."),
        MAX_TRANSFER("--max-transfer", "BYTES",
                "Largest transfer, a power of two up to 2147483648. Default: 2147483648."),
        MAX_BATCH("--max-batch", "N",
                "Largest batch, a power of two up to 32768. Default: 1024."),
        LATENCY("--latency", "MICROSECONDS", "Time of each descriptor. Default: 0."),
        BANDWIDTH("--bandwidth", "GB/S", "Speed of each device. Default: unlimited."),
        OUT_OF_ORDER("--out-of-order", "SEED", "Completes descriptors in a random order."),
        ALL_PAGES("--all-pages-present", null,
                "Brings missing pages in, and reports no page faults."),
        FAULT("--fault", "FAULT",
                "A fault; may be repeated. FAULT is " + ListedFaults.SYNTAX + "."),
        TRACE("--trace", null, "Prints each descriptor and its status."),
        DEVICES_AT("--devices-at", "FOLDER", "Where to mount the queues. Default: FOLDER/devices."),
        SYSFS_AT("--sysfs-at", "FOLDER", "Where to write attributes. Default: FOLDER/sysfs."),
        HELP("--help", null, "Prints this help.");

        final String name;
        final String argument;
        final String help;

        Option(String name, String argument, String help) {
            this.name = name;
            this.argument = argument;
            this.help = help;
        }
    }

    private static final long NANOS_PER_MICRO = 1_000;
    private static final int MOST_DEVICES = 64;
    private static final long LARGEST_TRANSFER = 1L << 31;
    private static final long LARGEST_BATCH = 1L << 15;

    private final Map<Option, String> values = new EnumMap<>(Option.class);
    private final List<String> faults = new ArrayList<>();
    private final List<String> command = new ArrayList<>();
    private String folder;

    /** Throws an exception with a message for the user if an argument is invalid. */
    EmulatorOptions(String... arguments) {
        List<String> rest = new ArrayList<>(Arrays.asList(arguments));
        while (!rest.isEmpty()) {
            String argument = rest.removeFirst();
            if (argument.equals("--")) {
                command.addAll(rest);
                break;
            }
            if (argument.startsWith("-")) {
                read(argument, rest);
            } else if (folder == null) {
                folder = argument;
            } else {
                throw new IllegalArgumentException("two folders: " + folder + " and " + argument);
            }
        }
        if (!has(Option.HELP) && folder == null && command.isEmpty()) {
            throw new IllegalArgumentException("neither a folder nor -- and a command");
        }
        devices(); // checks the values
        faults();
    }

    private void read(String argument, List<String> rest) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        Option option = Arrays.stream(Option.values())
                .filter(candidate -> candidate.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name.equals("--system")
                        ? "--system must be the first option of scripts/dsa-emulator"
                        : "unknown option " + name));
        if (option.argument == null) {
            if (equals >= 0) {
                throw new IllegalArgumentException(name + " has no value");
            }
            values.put(option, "");
            return;
        }
        if (equals < 0 && rest.isEmpty()) {
            throw new IllegalArgumentException(name + " needs a value: " + option.argument);
        }
        String value = equals < 0 ? rest.removeFirst() : argument.substring(equals + 1);
        if (option == Option.FAULT) {
            faults.add(value);
        } else {
            values.put(option, value);
        }
    }

    static String help() {
        var help = new StringBuilder("""
                Usage: dsa-emulator [OPTIONS] FOLDER
                       dsa-emulator [OPTIONS] -- COMMAND [ARGUMENT...]
                Emulates Intel DSA devices for the processes of this machine.
                With a folder it serves FOLDER/devices and FOLDER/sysfs until its standard
                input ends. With a command it runs the command, with VDM4J_DSA_DEVICES and
                VDM4J_DSA_SYSFS set, and ends with it. If --system is the first option of
                scripts/dsa-emulator, the command sees the devices in /dev/dsa.

                """);
        for (Option option : Option.values()) {
            help.append("  ")
                    .append(option.name)
                    .append(option.argument == null ? "" : " " + option.argument)
                    .append("\n      ")
                    .append(option.help)
                    .append('\n');
        }
        return help.toString();
    }

    boolean has(Option option) {
        return values.containsKey(option);
    }

    String value(Option option, String otherwise) {
        return values.getOrDefault(option, otherwise);
    }

    /** Returns the folder to serve, or null if there is only a command. */
    String folder() {
        return folder;
    }

    List<String> command() {
        return command;
    }

    FaultPlan faults() {
        return new ListedFaults(faults);
    }

    /** Returns the settings of each device. */
    List<DeviceSettings> devices() {
        String[] nodes = value(Option.NODES, "0").split(",");
        int count = (int) number(Option.DEVICES, 1, 1, MOST_DEVICES);
        List<DeviceSettings> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String node = nodes[i % nodes.length];
            devices.add(device().numaNode((int) number(Option.NODES, node, -1, Short.MAX_VALUE)));
        }
        return devices;
    }

    private DeviceSettings device() {
        var device = new DeviceSettings()
                .version((int) number(Option.VERSION, 2, 1, 2) * DeviceSettings.VERSION_1)
                .maxTransfer(powerOfTwo(Option.MAX_TRANSFER, LARGEST_TRANSFER, LARGEST_TRANSFER))
                .maxBatch((int) powerOfTwo(Option.MAX_BATCH, 1024, LARGEST_BATCH))
                .speed(number(Option.LATENCY, 0, 0, Integer.MAX_VALUE) * NANOS_PER_MICRO,
                        bandwidth());
        if (has(Option.CAPABILITIES)) {
            device.capabilities(number(Option.CAPABILITIES, 0, 0, Long.MAX_VALUE));
        }
        if (has(Option.OUT_OF_ORDER)) {
            device.outOfOrder(number(Option.OUT_OF_ORDER, 0, Long.MIN_VALUE, Long.MAX_VALUE));
        }
        if (has(Option.WITHOUT)) {
            for (String opcode : values.get(Option.WITHOUT).split(",")) {
                int code = (int) number(Option.WITHOUT, opcode, 0, 0xff);
                if (Opcode.of(code) == null) {
                    throw new IllegalArgumentException(
                            "--without " + opcode + ": the devices have no such operation");
                }
                device.without(code);
            }
        }
        for (String queue : value(Option.QUEUES, "shared:128").split(",")) {
            device.queue(queue(queue).withBlockOnFault(has(Option.BLOCK_ON_FAULT)));
        }
        return device;
    }

    private static QueueSettings queue(String text) {
        String[] parts = text.split(":");
        try {
            int size = Integer.parseInt(parts[1]);
            if (parts[0].equals("dedicated") && parts.length == 2) {
                return QueueSettings.dedicated(size);
            }
            if (parts[0].equals("shared") && parts.length <= 3) {
                QueueSettings queue = QueueSettings.shared(size);
                return parts.length == 2 ? queue : queue.withThreshold(Integer.parseInt(parts[2]));
            }
        } catch (RuntimeException e) {
            throw noQueue(text, e);
        }
        throw noQueue(text, null);
    }

    private static IllegalArgumentException noQueue(String text, Throwable cause) {
        return new IllegalArgumentException(
                "%s is no queue: a queue is %s, and THRESHOLD is at most SIZE"
                        .formatted(text, QUEUE_SYNTAX),
                cause);
    }

    private double bandwidth() {
        String text = value(Option.BANDWIDTH, "Infinity");
        try {
            double gigabytes = Double.parseDouble(text);
            if (gigabytes > 0) {
                return gigabytes;
            }
        } catch (NumberFormatException e) {
            // The message below names the value.
        }
        throw new IllegalArgumentException("--bandwidth " + text + ": must be a number above 0");
    }

    private long powerOfTwo(Option option, long otherwise, long most) {
        long number = number(option, otherwise, 1, most);
        if (Long.bitCount(number) != 1) {
            throw new IllegalArgumentException(
                    option.name + " " + number + ": must be a power of two");
        }
        return number;
    }

    private long number(Option option, long otherwise, long least, long most) {
        return number(option, value(option, Long.toString(otherwise)), least, most);
    }

    private static long number(Option option, String text, long least, long most) {
        try {
            long number = Long.decode(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The message below names the value.
        }
        throw new IllegalArgumentException("%s %s: must be a number from %d to %d"
                .formatted(option.name, text, least, most));
    }
}
