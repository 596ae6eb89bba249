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

    /** A fault of a write or of a descriptor, and its interval. */
    private static final class Rule {
        private final Object fault;
        private final long every;
        private long seen;

        Rule(Object fault, long every) {
            this.fault = fault;
            this.every = every;
        }

        boolean isDue() {
            seen++;
            return seen % every == 0;
        }
    }

    private final List<Rule> rules = new ArrayList<>();

    /** If several faults occur at the same time, the first counts. */
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
            throw new IllegalArgumentException("unknown kind, or no number above 0 after a colon");
        }
        String kind = matcher.group(1);
        String value = matcher.group(2);
        long every = Long.parseLong(matcher.group(3));
        boolean alone = kind.equals("lost") || kind.equals("die");
        if (alone != (value == null)) {
            throw new IllegalArgumentException(kind + (alone ? " has no value" : " needs a value"));
        }
        Object fault = switch (kind) {
            case "errno" -> {
                Integer error = ERRORS.get(value);
                yield new WriteFault(0, error != null ? error : Integer.decode(value));
            }
            case "accept" -> new WriteFault(Integer.parseInt(value), DeviceModel.EAGAIN);
            case "status" -> DescriptorFault.status(Integer.decode(value));
            case "page" -> DescriptorFault.missingByte(Long.decode(value));
            case "late" -> DescriptorFault.late(Long.parseLong(value) * NANOS_PER_MICRO);
            case "lost" -> DescriptorFault.losingRecord();
            default -> DescriptorFault.endingDevice();
        };
        return new Rule(fault, every);
    }

    @Override
    public WriteFault nextWrite(int descriptors) {
        return next(WriteFault.class, WriteFault.NONE);
    }

    @Override
    public DescriptorFault nextDescriptor(Descriptor descriptor) {
        return next(DescriptorFault.class, DescriptorFault.NONE);
    }

    /** Counts an event of a kind. Returns the fault of the first active rule, or {@code none}. */
    private synchronized <T> T next(Class<T> kind, T none) {
        T due = none;
        for (Rule rule : rules.reversed()) {
            if (kind.isInstance(rule.fault) && rule.isDue()) {
                due = kind.cast(rule.fault);
            }
        }
        return due;
    }
}
