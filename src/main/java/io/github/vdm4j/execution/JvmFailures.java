package io.github.vdm4j.execution;

import io.github.vdm4j.VdmResult;

/** What the JVM throws while it moves bytes, as results and texts. */
public final class JvmFailures {
    private JvmFailures() {}

    /**
     * What has become of an operation.
     *
     * @param thrown what was thrown while it was executed
     * @return the result
     */
    public static VdmResult result(Throwable thrown) {
        if (thrown instanceof WrongThreadException || thrown instanceof IllegalStateException) {
            return VdmResult.SEGMENT_UNUSABLE;
        }
        return thrown instanceof InternalError ? VdmResult.IO_ERROR : VdmResult.INTERNAL_ERROR;
    }

    /**
     * The same in words, to follow "memcpy of 64 bytes ".
     *
     * @param thrown what was thrown
     * @return the reason
     */
    public static String reason(Throwable thrown) {
        return switch (result(thrown)) {
            case SEGMENT_UNUSABLE -> "failed: a segment cannot be used any more: " + thrown.getMessage();
            case IO_ERROR ->
                "failed: a page of a mapped file is not there: the file was truncated, or its storage is full";
            default -> "failed: " + thrown;
        };
    }
}
