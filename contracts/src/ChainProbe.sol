// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a chain must get right before the exchange may run on it; read by deploy.ts and at every start.
/// @dev FISCO BCOS tells block.timestamp in milliseconds unless a feature is on: every deadline would be long past.
contract ChainProbe {
    uint256 private constant GENERATOR_X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;

    /// @return timestamp seconds on a sound chain
    /// @return chainId as EIP-712 will see it
    /// @return recovered the address of the key 1, by the multiplication trick (`Secp256k1`)
    /// @return recoveredHigh the address of the key n − 1: the precompile takes a high s, which the trick needs
    /// @return digest SHA-256 of the empty string
    function probe()
        external
        view
        returns (uint256 timestamp, uint256 chainId, address recovered, address recoveredHigh, bytes32 digest)
    {
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        timestamp = block.timestamp;
        chainId = block.chainid;
        recovered = ecrecover(0, 27, bytes32(GENERATOR_X), bytes32(GENERATOR_X));
        recoveredHigh = ecrecover(0, 27, bytes32(GENERATOR_X), bytes32(mulmod(GENERATOR_X, order - 1, order)));
        digest = sha256("");
    }
}
