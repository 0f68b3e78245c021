"""Our own model and its runners: tables of published figures in, an OpenSim model and synthetic trials out."""
