package io.github.vdm4j.dax;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * Tests for the guest with persistent memory. Their classes have names that no Maven plug-in picks
 * up; an IDE that runs them anyway gets the reason.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
        named = "VDM4J_DAX_GUEST",
        matches = "1",
        disabledReason = "needs a file system on persistent memory: run scripts/test-dax")
@interface OnDax {}
