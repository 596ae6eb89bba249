package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The folders of DSA")
class DsaFoldersTest {
    @AfterEach
    void clearProperties() {
        System.clearProperty(DsaFolders.SYSFS_PROPERTY);
        System.clearProperty(DsaFolders.NODES_PROPERTY);
    }

    @Test
    void propertyReplacesEachFolder() {
        DsaFolders usual = DsaFolders.current();
        System.setProperty(DsaFolders.SYSFS_PROPERTY, "/emulated/sysfs");
        assertEquals(new DsaFolders(Path.of("/emulated/sysfs"), usual.nodes()),
                DsaFolders.current());
        System.setProperty(DsaFolders.NODES_PROPERTY, "/emulated/nodes");
        assertEquals(new DsaFolders(Path.of("/emulated/sysfs"), Path.of("/emulated/nodes")),
                DsaFolders.current());
        System.setProperty(DsaFolders.NODES_PROPERTY, " ");
        assertEquals(usual.nodes(), DsaFolders.current().nodes());
    }
}
