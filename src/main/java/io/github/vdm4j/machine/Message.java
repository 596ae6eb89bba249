package io.github.vdm4j.machine;

import java.util.Locale;

/** The text of messages about failures. It is the same in every locale. */
public final class Message {
    private Message() {}

    /**
     * Formats a message. Numbers in the format of a locale need classes of the JDK that load in 15
     * ms. If the heap is full at that time, these classes stay unusable, and so do all messages.
     */
    public static String of(String format, Object... arguments) {
        return String.format((Locale) null, format, arguments);
    }
}
