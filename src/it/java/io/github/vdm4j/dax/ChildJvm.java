package io.github.vdm4j.dax;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second JVM of the same version with different options. */
final class ChildJvm {
    private ChildJvm() {}

    static ProcessBuilder command(List<String> options, List<String> mainAndArguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx512m");
        for (String inherited : List.of("vdm4j.dml.library", "vdm4j.pmem.library")) {
            if (System.getProperty(inherited) != null) {
                command.add("-D" + inherited + "=" + System.getProperty(inherited));
            }
        }
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.addAll(mainAndArguments);
        return new ProcessBuilder(command).redirectErrorStream(true).directory(new File("/tmp"));
    }
}
