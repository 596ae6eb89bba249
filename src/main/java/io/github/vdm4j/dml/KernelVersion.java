package io.github.vdm4j.dml;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first three numbers of a Linux release. */
record KernelVersion(int major, int minor, int patch) implements Comparable<KernelVersion> {
    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?.*");

    /** The first release that allows ENQCMD in processes. */
    private static final KernelVersion USER_ENQCMD = new KernelVersion(5, 18, 0);

    /**
     * The first release with the fix for Intel's advisory SA-01084. Long-term kernels and
     * distributions contain the fix in older releases.
     */
    private static final KernelVersion GUARDED_PORTALS = new KernelVersion(6, 9, 1);

    private static final KernelVersion GUARDED_PORTALS_IN_6_8 = new KernelVersion(6, 8, 10);

    /** Returns the version of a release, or null if the text is not a release. */
    static KernelVersion of(String release) {
        Matcher numbers = RELEASE.matcher(release == null ? "" : release);
        return numbers.matches()
                ? new KernelVersion(number(numbers.group(1)), number(numbers.group(2)),
                        number(numbers.group(3)))
                : null;
    }

    private static int number(String digits) {
        return digits == null || digits.length() > 9 ? 0 : Integer.parseInt(digits);
    }

    boolean letsProcessesEnqueue() {
        return compareTo(USER_ENQCMD) >= 0;
    }

    boolean guardsPortals() {
        return compareTo(GUARDED_PORTALS) >= 0
                || compareTo(GUARDED_PORTALS_IN_6_8) >= 0 && major == 6 && minor == 8;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return major != other.major
                ? Integer.compare(major, other.major)
                : minor != other.minor
                        ? Integer.compare(minor, other.minor)
                        : Integer.compare(patch, other.patch);
    }
}
