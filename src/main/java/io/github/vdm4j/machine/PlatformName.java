package io.github.vdm4j.machine;

/** The platform that this JVM runs on. */
public final class PlatformName {
    private PlatformName() {}

    public static String current() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    public static boolean isLinux() {
        return current().startsWith("Linux ");
    }

    /** Returns whether the native parts of vdm4j can run here. */
    public static boolean isLinuxX64() {
        return current().equals("Linux amd64");
    }

    /** Returns whether Java allows the optional native calls without a warning. */
    public static boolean nativeCallsAllowed() {
        return isLinuxX64() && PlatformName.class.getModule().isNativeAccessEnabled();
    }
}
