package io.github.vdm4j.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes on the command line: 4096, 64K, 1M, 2G. */
record ByteSize(long bytes) {
    // At most nine digits, because the largest number with the unit G must fit into a long.
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})([KMG]?)");

    static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException(
                    ("'%s' is not a size. Write a number of bytes, or a number with K, M or G,"
                            + " such as 64K")
                            .formatted(text));
        }
        int shift = switch (matcher.group(2)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
        return new ByteSize(Long.parseLong(matcher.group(1)) << shift);
    }

    @Override
    public String toString() {
        for (int unit = 3; unit > 0; unit--) {
            if (bytes > 0 && bytes % (1L << 10 * unit) == 0) {
                return (bytes >> 10 * unit) + "KMG".substring(unit - 1, unit);
            }
        }
        return Long.toString(bytes);
    }
}
