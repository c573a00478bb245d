package dev.tcprelay.junit5;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests of this class, or this test, get a {@link RelayHarness}: the same as {@code
 * @ExtendWith(RelayExtension.class)}, with a word on how many nodes the relay has. What stands at the method wins.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RelayExtension.class)
public @interface RelayTest {
    /** 1 for a relay without a cluster; more for as many clustered nodes, which take some seconds to start. */
    int nodes() default 1;
}
