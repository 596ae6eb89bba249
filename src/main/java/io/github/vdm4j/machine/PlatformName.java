package io.github.vdm4j.machine;

/** What this JVM runs on. */
public final class PlatformName {
    private PlatformName() {}

    /**
     * The system and the processor's architecture, as Java names them.
     *
     * @return for example {@code Linux amd64}
     */
    public static String current() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    /**
     * Tells whether the native parts of vdm4j can run here.
     *
     * @return true on Linux x86-64
     */
    public static boolean isLinuxX64() {
        return current().equals("Linux amd64");
    }

    /**
     * Tells whether the optional native parts can be used without Java complaining or refusing.
     *
     * @return true on Linux x86-64 with native access enabled for this module
     */
    public static boolean nativeCallsAllowed() {
        return isLinuxX64() && PlatformName.class.getModule().isNativeAccessEnabled();
    }
}
