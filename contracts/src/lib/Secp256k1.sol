// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Multiplication on secp256k1, read off the ecrecover precompile for 3,000 gas.
/// @dev ecrecover(0, v, x, s) is the address of x⁻¹·s·R, where R is the point with abscissa x and the parity v. With
/// s = x·k it is the address of k·R. It answers 0 when x is no abscissa of the curve or is out of range.
library Secp256k1 {
    uint256 internal constant ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256 internal constant GENERATOR_X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
    /// @dev The generator's ordinate is even.
    uint8 internal constant GENERATOR_V = 27;

    /// @return the address of k·R, R = (x, v); 0 when R is no point or k is 0 modulo the order
    function times(uint256 x, uint8 v, uint256 k) internal pure returns (address) {
        return ecrecover(0, v, bytes32(x), bytes32(mulmod(x, k, ORDER)));
    }

    function addressOfKey(uint256 k) internal pure returns (address) {
        return times(GENERATOR_X, GENERATOR_V, k);
    }

    function addressOfPoint(uint256 x, uint256 y) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }
}
