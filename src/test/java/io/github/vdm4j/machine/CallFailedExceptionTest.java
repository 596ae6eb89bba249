package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallFailedExceptionTest {
    /** The seccomp filter of a container answers EPERM or ENOSYS. */
    @ParameterizedTest
    @CsvSource({"1, true", "38, true", "95, true", "13, false", "27, false", "28, false"})
    void refusedCallIsUnsupported(int error, boolean unsupported) {
        assumeTrue(PlatformName.nativeCallsAllowed(), "reads the words of Linux");
        assertEquals(unsupported,
                new LibC.CallFailedException("fallocate", error).isUnsupported());
    }
}
