// Carries the precompiled header; see HoubuRooms.cmake.
