package dev.beckon.cli;

import picocli.CommandLine.IVersionProvider;

/** The version the build wrote into the manifest, and the Java it runs on. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {
            "beckon " + (version == null ? "(unpackaged)" : version) + ", Java "
                    + Runtime.version().feature()
        };
    }
}
