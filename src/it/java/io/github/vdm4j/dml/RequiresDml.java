package io.github.vdm4j.dml;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.stream.Collectors;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * The mark of a test class that needs the real libdml. vdm4j finds it like in a user's program.
 * Without it JUnit skips the tests, and the reports list every attempt.
 */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresDml.Condition.class)
public @interface RequiresDml {

    /**
     * Throws before the class begins, because Surefire then counts each of its tests as skipped.
     */
    final class Condition implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            DmlLibrary.whyUnavailable().ifPresent(why -> {
                throw new TestAbortedException(reason(why));
            });
        }

        static String reason(DmlUnavailableException why) {
            return "needs libdml: "
                    + why.attempts()
                            .stream()
                            .map(attempt -> attempt.place() + ": " + attempt.outcome())
                            .collect(Collectors.joining("; "));
        }
    }

    /**
     * The same condition for jqwik. It treats an exception before the class begins like a failure.
     */
    final class PropertyCondition implements SkipExecutionHook {
        @Override
        public boolean appliesTo(Optional<AnnotatedElement> element) {
            return element.filter(Method.class::isInstance).isPresent();
        }

        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            return DmlLibrary.whyUnavailable()
                    .map(why -> SkipResult.skip(Condition.reason(why)))
                    .orElseGet(SkipResult::doNotSkip);
        }
    }
}
