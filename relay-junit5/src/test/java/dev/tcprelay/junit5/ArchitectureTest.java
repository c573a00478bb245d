package dev.tcprelay.junit5;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/** The rooms and arrows of docs/architecture.md. */
@AnalyzeClasses(packages = "dev.tcprelay", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** The thread of a connection, and how Vert.x tells that connecting took too long. */
    private static final Set<String> SEEN_BY_ALL = Set.of("EventLoop", "ConnectTimeoutException");

    /** The first three own the data path, the last starts Vert.x; everybody else sees streams. */
    private static final Set<String> INSIDERS = Set.of("Wire", "Tuning", "Reads", "LeanVertx");

    @ArchTest
    static final ArchRule theArrows = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("protocol")
            .definedBy("dev.tcprelay.protocol..")
            .layer("channel")
            .definedBy("dev.tcprelay.channel")
            .layer("relay")
            .definedBy("dev.tcprelay.relay")
            .layer("skeleton")
            .definedBy("dev.tcprelay.skeleton")
            .layer("client")
            .definedBy("dev.tcprelay.client")
            .layer("junit5")
            .definedBy("dev.tcprelay.junit5")
            .whereLayer("channel")
            .mayOnlyAccessLayers("protocol")
            .whereLayer("protocol")
            .mayNotAccessAnyLayer()
            .whereLayer("relay")
            .mayOnlyAccessLayers("protocol", "channel")
            .whereLayer("skeleton")
            .mayOnlyAccessLayers("protocol", "channel")
            .whereLayer("client")
            .mayOnlyAccessLayers("protocol", "channel");

    @ArchTest
    static final ArchRule theProtocolIsPure = noClasses()
            .that()
            .resideInAPackage("dev.tcprelay.protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.vertx..",
                    "io.netty..",
                    "java.net..",
                    "java.nio.file..",
                    "java.util.concurrent..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule insideTheProtocolTheArrowsGoOneWay = noClasses()
            .that()
            .resideInAPackage("dev.tcprelay.protocol.noise")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.tcprelay.protocol.files", "dev.tcprelay.protocol.wire");

    @ArchTest
    static final ArchRule filesDoNotKnowTheWire = noClasses()
            .that()
            .resideInAPackage("dev.tcprelay.protocol.files")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tcprelay.protocol.wire");

    @ArchTest
    static final ArchRule nettysChannelsAndVertxInternalsStayInThreeClasses = noClasses()
            .that(new DescribedPredicate<JavaClass>("do not own the data path") {
                @Override
                public boolean test(JavaClass type) {
                    String outermost = type.getName().replaceFirst(".*\\.", "").replaceFirst("\\$.*", "");
                    return !INSIDERS.contains(outermost);
                }
            })
            .should()
            .dependOnClassesThat(new DescribedPredicate<JavaClass>("are Netty's channels or Vert.x' internals") {
                @Override
                public boolean test(JavaClass type) {
                    boolean channels = type.getPackageName().startsWith("io.netty.channel")
                            && !SEEN_BY_ALL.contains(type.getSimpleName());
                    boolean internals = type.getPackageName().startsWith("io.vertx.core.internal")
                            || type.getPackageName().startsWith("io.vertx.core.impl");
                    return channels || internals;
                }
            });

    @ArchTest
    static final ArchRule hazelcastIsUsedByThreeClasses = noClasses()
            .that()
            .doNotHaveSimpleName("RelayCluster")
            .and()
            .doNotHaveSimpleName("HazelcastMembers")
            .and()
            .doNotHaveSimpleName("ClusterPorts")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster..");

    @ArchTest
    static final ArchRule everyClassHasItsPackage = classes()
            .should()
            .resideInAnyPackage(
                    "dev.tcprelay.protocol..",
                    "dev.tcprelay.channel",
                    "dev.tcprelay.relay",
                    "dev.tcprelay.skeleton",
                    "dev.tcprelay.client",
                    "dev.tcprelay.junit5");
}
