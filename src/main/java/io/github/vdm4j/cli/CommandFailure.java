package io.github.vdm4j.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The failure of a command. The command prints its message. */
final class CommandFailure extends Exception {
    /** The last words of a message about a mover that is unavailable. */
    static final String REMEDIES = "vdm info --why prints what prevents it, and the remedies";

    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** Returns a failure with the reason that the system reports. */
    static CommandFailure of(String what, IOException reason) {
        return new CommandFailure(what + ": " + reason(reason), reason);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "it does not exist";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException system when system.getReason() != null -> system.getReason();
            default -> e.getMessage() != null ? e.getMessage() : e.toString();
        };
    }
}
