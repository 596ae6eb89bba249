package io.github.vdm4j.machine;

/** The platform that this JVM runs on. */
public final class PlatformName {
    private PlatformName() {}

    /**
     * Returns the names that Java gives to the system and the processor's architecture.
     *
     * @return for example {@code Linux amd64}
     */
    public static String current() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    /**
     * Returns whether the native parts of vdm4j can run here.
     *
     * @return true on Linux x86-64
     */
    public static boolean isLinuxX64() {
        return current().equals("Linux amd64");
    }

    /**
     * Returns whether Java allows the optional native calls without a warning.
     *
     * @return true on Linux x86-64 with native access enabled for this module
     */
    public static boolean nativeCallsAllowed() {
        return isLinuxX64() && PlatformName.class.getModule().isNativeAccessEnabled();
    }
}
