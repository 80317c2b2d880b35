"""The configuration as files: everything an administrator sets up, as readable YAML without ids, and back (X47).

kinds      which entities are configuration, which of their fields are carried, in which order
names      natural keys: how files name a record, and which record a name stands for
portable   values between their form in a file and the one that writes take
tree       records with their parts, as they stand in the installation or in files
yaml_text  text to plain values with their lines, and back
documents  files to trees and trees to files
comparing  what differs between two trees
applying   brings an installation to what the files say, or rehearses it

An entity takes part by `is_configuration = True`, and by `natural_key` where its title does not tell its records apart.
"""
