"""What is known of each vendor's OneRoster server: data, one file a vendor, and nothing that reads a roster."""

from roster_operator.sources.vendors.profile import Confidence, Fact, Profile, profile_of, vendors

__all__ = ["Confidence", "Fact", "Profile", "profile_of", "vendors"]
