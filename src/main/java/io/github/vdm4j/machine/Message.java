package io.github.vdm4j.machine;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** The text of messages about failures. It is the same in every locale. */
public final class Message {
    private static final int LISTED = 8;

    private Message() {}

    /**
     * Formats a message. Numbers in the format of a locale need classes of the JDK that load in 15
     * ms. If the heap is full at that time, these classes stay unusable, and so do all messages.
     */
    public static String of(String format, Object... arguments) {
        return String.format((Locale) null, format, arguments);
    }

    /** Returns the first objects in words, and the number of the remaining objects. */
    public static String list(Collection<?> all) {
        String first = all.stream()
                .limit(LISTED)
                .map(Object::toString)
                .collect(Collectors.joining("; "));
        return all.size() <= LISTED ? first : of("%s and %,d more", first, all.size() - LISTED);
    }
}
