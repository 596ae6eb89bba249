package io.github.vdm4j.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Faults that occur at every n-th write or descriptor.
 *
 * <p>A text describes a fault. For example, {@code errno=EAGAIN:3} refuses every third write.
 * {@link #SYNTAX} lists the kinds.
 */
public final class ListedFaults implements FaultPlan {
    /** The kinds of faults, for the help of the command. */
    public static final String SYNTAX =
            "errno=NAME, accept=N, status=N, page=BYTE, late=MICROSECONDS, lost or die,"
                    + " then :N for every N-th write (errno, accept) or descriptor";

    private static final Pattern FAULT =
            Pattern.compile("(errno|accept|status|page|late|lost|die)(?:=(\\w+))?:([1-9]\\d*)");
    private static final Map<String, Integer> ERRORS = Map.of("EPERM", 1, "EIO", 5, "ENXIO", 6,
            "EBADF", 9, "EAGAIN", DeviceModel.EAGAIN, "EFAULT", 14, "EBUSY", 16, "ENODEV",
            DeviceModel.ENODEV, "EINVAL", DeviceModel.EINVAL, "ENOTCONN", DeviceModel.ENOTCONN);
    private static final long NANOS_PER_MICRO = 1_000;

    /** A fault and its interval. A fault of writes has no descriptor fault. */
    private static final class Rule {
        private final WriteFault write;
        private final DescriptorFault descriptor;
        private final long every;
        private long seen;

        Rule(WriteFault write, DescriptorFault descriptor, long every) {
            this.write = write;
            this.descriptor = descriptor;
            this.every = every;
        }

        boolean isDue() {
            seen++;
            return seen % every == 0;
        }
    }

    private final List<Rule> rules = new ArrayList<>();

    /**
     * Creates a plan.
     *
     * @param faults the texts of the faults. If several faults occur at the same time, the first
     *         counts
     * @throws IllegalArgumentException if a text describes no fault
     */
    public ListedFaults(List<String> faults) {
        for (String text : faults) {
            try {
                rules.add(parse(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "%s is no fault (%s): a fault is %s".formatted(text, e.getMessage(),
                                SYNTAX),
                        e);
            }
        }
    }

    private static Rule parse(String text) {
        Matcher matcher = FAULT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("unknown kind, or no number after a colon");
        }
        String kind = matcher.group(1);
        String value = matcher.group(2);
        long every = Long.parseLong(matcher.group(3));
        boolean alone = kind.equals("lost") || kind.equals("die");
        if (alone != (value == null)) {
            throw new IllegalArgumentException(kind + (alone ? " has no value" : " needs a value"));
        }
        return switch (kind) {
            case "errno" -> {
                Integer error = ERRORS.get(value);
                yield new Rule(new WriteFault(0, error != null ? error : Integer.decode(value)),
                        null, every);
            }
            case "accept" -> {
                int accepted = Integer.parseInt(value);
                yield new Rule(new WriteFault(accepted, DeviceModel.EAGAIN), null, every);
            }
            case "status" ->
                new Rule(null, DescriptorFault.status(Integer.decode(value)), every);
            case "page" -> new Rule(null, DescriptorFault.missingByte(Long.decode(value)), every);
            case "late" -> new Rule(null,
                    DescriptorFault.late(Long.parseLong(value) * NANOS_PER_MICRO), every);
            case "lost" -> new Rule(null, DescriptorFault.losingRecord(), every);
            default -> new Rule(null, DescriptorFault.endingDevice(), every);
        };
    }

    @Override
    public synchronized WriteFault nextWrite(int descriptors) {
        WriteFault due = WriteFault.NONE;
        for (Rule rule : rules.reversed()) {
            if (rule.write != null && rule.isDue()) {
                due = rule.write;
            }
        }
        return due;
    }

    @Override
    public synchronized DescriptorFault nextDescriptor(Descriptor descriptor) {
        DescriptorFault due = DescriptorFault.NONE;
        for (Rule rule : rules.reversed()) {
            if (rule.descriptor != null && rule.isDue()) {
                due = rule.descriptor;
            }
        }
        return due;
    }
}
