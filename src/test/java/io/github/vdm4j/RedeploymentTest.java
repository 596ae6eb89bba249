package io.github.vdm4j;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The class loader of an application. It must be collected after the application has closed its
 * movers.
 */
@Timeout(60)
class RedeploymentTest {
    /** The folder or jar of a class. Its code source would name the module. */
    private static URL root(Class<?> type) throws Exception {
        String inside = type.getName().replace('.', '/') + ".class";
        String place = type.getResource("/" + inside).toString();
        return URI.create(place.substring(0, place.length() - inside.length())).toURL();
    }

    private static WeakReference<ClassLoader> deploy(RedeployedApp.Use use) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (var loader = new URLClassLoader(
                new URL[]{root(Vdm.class), root(RedeploymentTest.class)},
                null)) { // The platform class loader knows the module.
            Class<?> app = loader.loadClass(RedeployedApp.class.getName());
            assertNotSame(RedeployedApp.class, app);
            Thread.currentThread().setContextClassLoader(loader);
            ((Runnable) app.getConstructor(String.class).newInstance(use.name())).run();
            return new WeakReference<>(loader);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void classLoaderIsCollected(RedeployedApp.Use use) throws Exception {
        WeakReference<ClassLoader> first = deploy(use);
        WeakReference<ClassLoader> second = deploy(use);
        while (!first.refersTo(null) || !second.refersTo(null)) { // The time limit ends this loop.
            collectSoftReferences();
        }
    }

    /** The JDK keeps types of method handles by soft references. These types keep their loader. */
    private static void collectSoftReferences() {
        var filling = new ArrayList<long[]>();
        assertThrows(OutOfMemoryError.class, () -> {
            while (true) {
                filling.add(new long[Integer.MAX_VALUE - 8]);
            }
        });
    }
}
