package io.github.vdm4j.dax;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Tests for the guest with persistent memory. No Maven plug-in finds their class names. An IDE that
 * runs them skips them with the reason.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
        named = "VDM4J_DAX_GUEST",
        matches = "1",
        disabledReason = "needs a file system on persistent memory: run scripts/test-dax")
@interface OnDax {}
